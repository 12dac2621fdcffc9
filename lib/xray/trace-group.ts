import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as xray from 'aws-cdk-lib/aws-xray';
import type { Construct, IConstruct } from 'constructs';
import { othersInEnvironment, requireUnique } from '../validation/same-environment';
import type { FilterExpression } from './filter/filter-expression';
import { ImportedTraceGroup, type ITraceGroup, TraceGroupBase } from './trace-group-base';
import { idOfNamed, requireXRayName } from './names/xray-name';

/**
 * Properties for `TraceGroup`.
 */
export interface TraceGroupProps {
  /**
   * Name of the group: 1 to 32 letters, digits and dashes, not `Default`, unique in the account and region.
   *
   * Another name makes another group, then the old one is deleted: X-Ray cannot rename it.
   */
  readonly groupName: string;

  /**
   * The traces that belong to the group.
   *
   * @default - every trace of the account and region
   */
  readonly filterExpression?: FilterExpression;

  /**
   * Let X-Ray look for anomalies in the traces of the group. Billed per recorded trace.
   *
   * @default false
   */
  readonly insights?: boolean;

  /**
   * Send an event to EventBridge when an insight changes. Needs `insights`.
   *
   * @default false
   */
  readonly insightsNotifications?: boolean;
}

/**
 * A named set of traces, with its own service map, metric and insights.
 */
export class TraceGroup extends TraceGroupBase {
  /**
   * An existing group in the account and region of the scope.
   */
  public static fromGroupName(scope: Construct, id: string, groupName: string): ITraceGroup {
    requireXRayName('groupName', groupName);
    // the ARN ends in an id that X-Ray generates
    const anyId = { service: 'xray', resource: 'group', resourceName: `${groupName}/*` };
    return new ImportedTraceGroup(scope, id, groupName, Stack.of(scope).formatArn(anyId));
  }

  /**
   * An existing group, in the account and region of its ARN.
   *
   * @param groupArn `arn:aws:xray:<region>:<account>:group/<name>/<id>`
   */
  public static fromGroupArn(scope: Construct, id: string, groupArn: string): ITraceGroup {
    const { partition, service, resource, resourceName } = Arn.split(
      groupArn,
      ArnFormat.SLASH_RESOURCE_NAME,
    );
    const groupName = resourceName?.split('/')[0];
    if (
      !groupName ||
      (!Token.isUnresolved(groupArn) && `${service}:${resource}` !== 'xray:group')
    ) {
      throw new Error(
        `\`groupArn\` must be arn:aws:xray:<region>:<account>:group/<name>/<id>, got: ${groupArn}`,
      );
    }
    return new ImportedTraceGroup(scope, id, groupName, groupArn, {
      environmentFromArn: groupArn,
      partition: Token.isUnresolved(groupArn) ? undefined : partition,
    });
  }

  public readonly groupName: string;

  /**
   * ARN of the group.
   *
   * @attribute
   */
  public readonly groupArn: string;

  protected readonly grantArn: string;
  protected readonly partition = Stack.of(this).partition;

  /**
   * @throws for a name that X-Ray does not accept or another group of the account and region has, and for notifications
   * without insights
   */
  constructor(scope: Construct, id: string, props: TraceGroupProps) {
    super(scope, id);

    const { groupName, insights = false, insightsNotifications = false } = props;
    requireXRayName('groupName', groupName);
    const namesakes = othersInEnvironment(this, isTraceGroup).filter(
      (other) => other.groupName === groupName,
    );
    requireUnique(this, 'groupName', groupName, 'in an account and region', namesakes);
    if (insightsNotifications && !insights) {
      throw new Error('`insightsNotifications` must be false unless `insights` is true, got: true');
    }

    const group = new xray.CfnGroup(this, idOfNamed(groupName), {
      groupName,
      filterExpression: props.filterExpression?.toString(),
      insightsConfiguration: {
        insightsEnabled: insights,
        notificationsEnabled: insightsNotifications,
      },
    });
    this.node.defaultChild = group;
    this.groupName = groupName;
    this.groupArn = group.attrGroupArn;
    this.grantArn = this.groupArn;
  }
}

function isTraceGroup(construct: IConstruct): construct is TraceGroup {
  return construct instanceof TraceGroup;
}

import { Arn, ArnFormat, type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as xray from 'aws-cdk-lib/aws-xray';
import type { Construct } from 'constructs';
import type { FilterExpression } from './filter-expression';
import { idOfNamed, requireXRayName } from './xray-name';

/**
 * An X-Ray group, made here or elsewhere.
 */
export interface ITraceGroup extends IResource {
  /**
   * Name of the group.
   *
   * @attribute
   */
  readonly groupName: string;

  /**
   * The traces of the group in the X-Ray console.
   *
   * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-deeplinks.html
   */
  readonly consoleUrl: string;

  /**
   * Allows the grantee to read the definition of this group.
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * How many traces the group received: `ApproximateTraceCount`, which X-Ray publishes per group.
   *
   * @default - sum over 5 minutes
   */
  metricTraceCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

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
   * Let X-Ray look for anomalies in the traces of the group. It is billed per trace recorded.
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

abstract class TraceGroupBase extends Resource implements ITraceGroup {
  public abstract readonly groupName: string;
  protected abstract readonly grantArn: string;

  public get consoleUrl(): string {
    const filter = `group.name%20%3D%20%22${this.groupName}%22`;
    return `https://console.aws.amazon.com/xray/home?region=${this.env.region}#/traces?filter=${filter}`;
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['xray:GetGroup'],
      resourceArns: [this.grantArn],
    });
  }

  public metricTraceCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/X-Ray',
      metricName: 'ApproximateTraceCount',
      dimensionsMap: { GroupName: this.groupName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }
}

/**
 * A named set of traces, with its own service map, metric and insights.
 */
export class TraceGroup extends TraceGroupBase {
  /**
   * A group of the scope's account and region that exists already.
   */
  public static fromGroupName(scope: Construct, id: string, groupName: string): ITraceGroup {
    requireXRayName('groupName', groupName);
    // the ARN ends in an id that X-Ray chose
    const anyId = { service: 'xray', resource: 'group', resourceName: `${groupName}/*` };
    return new ImportedTraceGroup(scope, id, groupName, Stack.of(scope).formatArn(anyId));
  }

  /**
   * A group that exists already.
   *
   * @param groupArn `arn:aws:xray:<region>:<account>:group/<name>/<id>`
   */
  public static fromGroupArn(scope: Construct, id: string, groupArn: string): ITraceGroup {
    const { service, resource, resourceName } = Arn.split(groupArn, ArnFormat.SLASH_RESOURCE_NAME);
    const groupName = resourceName?.split('/')[0];
    if (
      !groupName ||
      (!Token.isUnresolved(groupArn) && `${service}:${resource}` !== 'xray:group')
    ) {
      throw new Error(
        `\`groupArn\` must be arn:aws:xray:<region>:<account>:group/<name>/<id>, got: ${groupArn}`,
      );
    }
    return new ImportedTraceGroup(scope, id, groupName, groupArn);
  }

  public readonly groupName: string;

  /**
   * ARN of the group.
   *
   * @attribute
   */
  public readonly groupArn: string;

  protected readonly grantArn: string;

  /**
   * @throws for a name that X-Ray does not take, and for notifications without insights
   */
  constructor(scope: Construct, id: string, props: TraceGroupProps) {
    super(scope, id);

    const { groupName, insights = false, insightsNotifications = false } = props;
    requireXRayName('groupName', groupName);
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

class ImportedTraceGroup extends TraceGroupBase {
  constructor(
    scope: Construct,
    id: string,
    public readonly groupName: string,
    protected readonly grantArn: string,
  ) {
    super(scope, id);
  }
}

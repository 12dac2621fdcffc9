import { type IResource, Resource, type ResourceProps, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { consoleDomain } from './console-domain';

/**
 * An X-Ray group, created in this stack or imported.
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
   * The number of traces in the group: `ApproximateTraceCount`, which X-Ray publishes for each group.
   *
   * @default - sum over 5 minutes
   */
  metricTraceCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/**
 * What a group offers, created in this stack or imported.
 */
export abstract class TraceGroupBase extends Resource implements ITraceGroup {
  public abstract readonly groupName: string;
  protected abstract readonly grantArn: string;
  protected abstract readonly partition: string;

  public get consoleUrl(): string {
    const filter = `group.name%20%3D%20%22${this.groupName}%22`;
    return `https://${consoleDomain(this, this.partition)}/xray/home?region=${this.env.region}#/traces?filter=${filter}`;
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
      account: this.env.account,
      region: this.env.region,
      ...options,
    });
  }
}

/**
 * An existing group.
 */
export class ImportedTraceGroup extends TraceGroupBase {
  protected readonly partition: string;

  constructor(
    scope: Construct,
    id: string,
    public readonly groupName: string,
    protected readonly grantArn: string,
    props: ResourceProps & { readonly partition?: string | undefined } = {},
  ) {
    super(scope, id, props);
    this.partition = props.partition ?? Stack.of(this).partition;
  }
}

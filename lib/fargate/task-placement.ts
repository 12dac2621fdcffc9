import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * Where the tasks of a service run.
 */
export interface TaskPlacement {
  /**
   * Subnets of the tasks. Each needs a way to X-Ray, to the registries, and to where the spans go: a public address, a NAT
   * gateway, or, for all but Honeycomb, VPC endpoints. That is checked at synth, as far as the app knows.
   *
   * @default - the public subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Whether each task has a public address. In public subnets it is the only way to the internet.
   *
   * @default - true in public subnets, false in others
   */
  readonly assignPublicIp?: boolean;

  /**
   * Capacity providers and their shares, such as `FARGATE_SPOT` for interruptible tasks, which cost less. The cluster must have
   * them: `new ecs.Cluster(scope, id, { vpc, enableFargateCapacityProviders: true })`.
   *
   * @default - Fargate, on demand
   */
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { PropError } from '../validation/prop-error';
import { wayOutErrors } from './way-out';

/**
 * Where the tasks of a service run.
 */
export interface TaskPlacement {
  /**
   * Subnets of the tasks; each needs a way to the internet, for X-Ray, Honeycomb, and the image.
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

/**
 * The network of the tasks, complete. That the subnets have a way out is checked at synth, routes added later included.
 *
 * @throws for public subnets without public addresses
 */
export function taskNetwork(
  scope: Construct,
  vpc: ec2.IVpc,
  placement: TaskPlacement,
): { vpcSubnets: ec2.SubnetSelection; assignPublicIp: boolean } {
  const { vpcSubnets = { subnetType: ec2.SubnetType.PUBLIC } } = placement;
  const { subnets } = vpc.selectSubnets(vpcSubnets);
  const publicIds = vpc.publicSubnets.map(({ subnetId }) => subnetId);
  const inPublic = subnets.filter(({ subnetId }) => publicIds.includes(subnetId));
  const { assignPublicIp = inPublic.length === subnets.length } = placement;
  if (inPublic.length > 0 && !assignPublicIp) {
    throw new PropError(
      'assignPublicIp',
      'be true in public subnets, where only a public address reaches the internet',
      assignPublicIp,
    );
  }
  scope.node.addValidation({ validate: () => wayOutErrors(scope, vpc, subnets) });
  return { vpcSubnets, assignPublicIp };
}

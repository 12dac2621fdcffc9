import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { PropError } from '../validation/prop-error';
import type { TracedFargateServiceProps } from './traced-fargate-service-props';
import { wayOutErrors } from './way-out';

/**
 * The network of the tasks, complete. What is added to the app later, routes and VPC endpoints included, is checked at synth.
 *
 * @throws for public subnets without public addresses
 */
export function taskNetwork(
  scope: Construct,
  taskDefinition: ecs.TaskDefinition,
  props: TracedFargateServiceProps,
): { vpcSubnets: ec2.SubnetSelection; assignPublicIp: boolean } {
  const { cluster, vpcSubnets = { subnetType: ec2.SubnetType.PUBLIC } } = props;
  const { vpc } = cluster;
  const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  const publicIds = vpc.publicSubnets.map(({ subnetId }) => subnetId);
  const inPublic = subnets.filter(({ subnetId }) => publicIds.includes(subnetId));
  const { assignPublicIp = inPublic.length === subnets.length } = props;
  if (inPublic.length > 0 && !assignPublicIp) {
    throw new PropError(
      'assignPublicIp',
      'be true in public subnets, where only a public address reaches the internet',
      assignPublicIp,
    );
  }
  scope.node.addValidation({
    validate: () => [
      ...capacityProviderErrors(cluster, props.capacityProviderStrategies),
      ...(isPendingLookup
        ? []
        : wayOutErrors({
            vpc,
            subnets: subnets.filter((subnet) => !inPublic.includes(subnet)),
            taskDefinition,
            isForHoneycomb: props.honeycombApiKey !== undefined,
            isDaemonImagePublic: props.daemonImage === undefined,
            enableExecuteCommand: props.enableExecuteCommand,
          })),
    ],
  });
  return { vpcSubnets, assignPublicIp };
}

/**
 * A load balancer cannot move to another VPC. With the VPC's id in their ids, another VPC has another load balancer and
 * service, which are there before the old ones go. A VPC of the same app has no id yet.
 */
export function scopeOfVpc(scope: Construct, { vpcId }: ec2.IVpc): Construct {
  return Token.isUnresolved(vpcId) ? scope : new Construct(scope, vpcId);
}

/** ECS refuses a capacity provider that the cluster does not have, but only when the service is deployed. */
function capacityProviderErrors(
  cluster: ecs.ICluster,
  strategies: readonly ecs.CapacityProviderStrategy[] = [],
): string[] {
  if (!(cluster instanceof ecs.Cluster)) {
    return [];
  }
  return strategies
    .map(({ capacityProvider }) => capacityProvider)
    .filter((name) => !cluster.capacityProviderNames.includes(name))
    .map(
      (name) =>
        `\`capacityProviderStrategies\` must name capacity providers of ${cluster.node.path}; those of Fargate need an ecs.Cluster with enableFargateCapacityProviders, got: ${name}`,
    );
}

import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';

/** The tasks of a service in private subnets, and what they have to reach. */
export interface WayOut {
  readonly vpc: ec2.IVpc;
  readonly subnets: readonly ec2.ISubnet[];
  readonly taskDefinition: ecs.TaskDefinition;
  /** Whether spans go to Honeycomb, which no VPC endpoint reaches. */
  readonly isForHoneycomb: boolean;
  /** Whether the daemon's image is in the public registry, which no VPC endpoint reaches. */
  readonly isDaemonImagePublic: boolean;
  readonly enableExecuteCommand?: boolean;
}

/**
 * Returns an error if tasks cannot start, or their traces cannot leave, as far as the app knows: a private subnet without a
 * route to the internet needs VPC endpoints, which do not reach everything.
 */
export function wayOutErrors(wayOut: WayOut): string[] {
  const { vpc, subnets } = wayOut;
  const closed = subnets.filter((subnet) => !hasDefaultRoute(vpc, subnet));
  if (closed.length === 0) {
    return [];
  }
  const got = `got: no route to the internet from ${closed.map(({ node }) => node.path).join(', ')}`;
  if (wayOut.isForHoneycomb) {
    return [`\`vpcSubnets\` must have a way to Honeycomb, such as a NAT gateway, ${got}`];
  }
  if (wayOut.isDaemonImagePublic) {
    return [
      `\`daemonImage\` must be in a private registry where only VPC endpoints can be reached, the default image is in a public one, ${got}`,
    ];
  }
  const missing = isInApp(vpc) ? missingEndpoints(wayOut) : [];
  return missing.length > 0
    ? [
        `\`vpcSubnets\` must have a NAT gateway or the VPC endpoints of ${missing.join(', ')}, ${got}`,
      ]
    : [];
}

function isInApp(vpc: ec2.IVpc): boolean {
  return vpc instanceof ec2.Vpc;
}

/** The routes of a subnet in the app are known; of an imported one, only its type in the VPC. */
function hasDefaultRoute(vpc: ec2.IVpc, subnet: ec2.ISubnet): boolean {
  if (!(subnet instanceof ec2.Subnet)) {
    return !vpc.isolatedSubnets.some(({ subnetId }) => subnetId === subnet.subnetId);
  }
  const { routeTableId } = subnet.routeTable;
  return all(vpc, ec2.CfnRoute).some(
    (route) =>
      route.destinationCidrBlock === '0.0.0.0/0' &&
      isEqual(route, route.routeTableId, routeTableId),
  );
}

function missingEndpoints(wayOut: WayOut): string[] {
  const { vpc } = wayOut;
  const needed = ['xray', 'logs', 'ecr.api', 'ecr.dkr', 's3', ...secretServices(wayOut)];
  if (wayOut.enableExecuteCommand) {
    needed.push('ssmmessages');
  }
  const endpoints = all(vpc, ec2.CfnVPCEndpoint)
    .filter((endpoint) => isEqual(endpoint, endpoint.vpcId, vpc.vpcId))
    .map((endpoint) => JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)));
  return needed.filter((name) => !endpoints.some((other) => other.includes(`.${name}"`)));
}

/** Where ECS reads the secrets of the containers. */
function secretServices({ taskDefinition }: WayOut): string[] {
  const containers = taskDefinition.node.children
    .filter((child) => child instanceof ecs.ContainerDefinition)
    .map((container) => container.renderContainerDefinition().secrets);
  const secrets = JSON.stringify(Stack.of(taskDefinition).resolve(containers));
  return ['ssm', 'secretsmanager'].filter((service) => secrets.includes(`:${service}:`));
}

function all<T extends IConstruct>(
  scope: IConstruct,
  type: abstract new (...args: never[]) => T,
): T[] {
  return scope.node.root.node
    .findAll()
    .filter((construct): construct is T => construct instanceof type);
}

function isEqual(scope: IConstruct, one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value) => JSON.stringify(Stack.of(scope).resolve(value)));
  return a === b;
}

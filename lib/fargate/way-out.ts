import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';

/**
 * Returns an error for each subnet from which tasks would reach neither X-Ray nor Honeycomb, as far as that is known at synth:
 * of subnets that another app made, CDK knows only which are isolated.
 */
export function wayOutErrors(scope: IConstruct, vpc: ec2.IVpc, subnets: ec2.ISubnet[]): string[] {
  const isolated = vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
  const routeTables = tablesWithDefaultRoute(scope.node.root);
  return subnets
    .filter((subnet) =>
      subnet instanceof ec2.Subnet
        ? !routeTables.has(subnet.routeTable.routeTableId)
        : isolated.includes(subnet.subnetId),
    )
    .map(
      ({ node }) =>
        `\`vpcSubnets\` must have a route to the internet, such as a NAT gateway, for the traces and the image, got: none in ${node.path}`,
    );
}

function tablesWithDefaultRoute(root: IConstruct): Set<string> {
  const routes = root.node.findAll().filter((construct) => construct instanceof ec2.CfnRoute);
  return new Set(
    routes
      .filter(({ destinationCidrBlock }) => destinationCidrBlock === '0.0.0.0/0')
      .map(({ routeTableId }) => routeTableId),
  );
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { acknowledge } from '../validation/acknowledge';
import { PropError } from '../validation/prop-error';

/**
 * Properties for `PublicCluster`.
 */
export interface PublicClusterProps {
  /**
   * An existing VPC with public subnets in two zones. To look it up, the stack needs an account and a region.
   *
   * @default - a new VPC with two public subnets and no NAT gateway
   */
  readonly vpcId?: string;
}

/**
 * An ECS cluster in public subnets that costs nothing until a task runs.
 */
export class PublicCluster extends Construct {
  /**
   * The cluster.
   */
  public readonly cluster: ecs.ICluster;

  /**
   * @throws for a VPC without public subnets in two zones
   */
  constructor(scope: Construct, id: string, props: PublicClusterProps = {}) {
    super(scope, id);

    const { vpcId } = props;
    const vpc = vpcId === undefined ? newVpc(this) : ec2.Vpc.fromLookup(this, 'Vpc', { vpcId });
    requirePublicSubnets(vpc, vpcId);
    const cluster = new ecs.Cluster(this, 'Resource', {
      vpc,
      containerInsightsV2: ecs.ContainerInsights.DISABLED,
    });
    acknowledge(
      cluster,
      'AwsSolutions-ECS4',
      'Container Insights is billed for each metric of each task; the CPU and memory metrics of a service, which it scales on, do not need it.',
    );
    this.cluster = cluster;
  }
}

function requirePublicSubnets({ publicSubnets }: ec2.IVpc, vpcId: string | undefined): void {
  const zones = new Set(publicSubnets.map(({ availabilityZone }) => availabilityZone));
  if (zones.size < 2) {
    throw new PropError('vpcId', 'be a VPC with public subnets in two zones', vpcId);
  }
}

function newVpc(scope: Construct): ec2.IVpc {
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [
      // each task requests its own public address
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
    ],
    // restricting it needs a Lambda function, and nothing here uses the default security group
    restrictDefaultSecurityGroup: false,
  });
  acknowledge(
    vpc,
    'AwsSolutions-VPC7',
    'Flow logs are billed by the gigabyte; the security groups admit one port, and only from the load balancer, whose requests are traced.',
  );
  return vpc;
}

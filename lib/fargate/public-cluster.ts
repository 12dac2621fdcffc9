import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

/**
 * Properties for `PublicCluster`.
 */
export interface PublicClusterProps {
  /**
   * A VPC that exists already, with public subnets in two zones. The stack needs an account and a region to look it up in.
   *
   * @default - a new VPC of two public subnets, without NAT gateways
   */
  readonly vpcId?: string;
}

/**
 * An ECS cluster in public subnets, where nothing costs anything until a task runs.
 */
export class PublicCluster extends Construct {
  /**
   * The cluster.
   */
  public readonly cluster: ecs.ICluster;

  constructor(scope: Construct, id: string, props: PublicClusterProps = {}) {
    super(scope, id);

    const { vpcId } = props;
    const vpc = vpcId === undefined ? newVpc(this) : ec2.Vpc.fromLookup(this, 'Vpc', { vpcId });
    const cluster = new ecs.Cluster(this, 'Resource', {
      vpc,
      containerInsightsV2: ecs.ContainerInsights.DISABLED,
    });
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason:
        'Container Insights is billed for each metric of each task; the CPU and memory of a service, which it scales on, come without it.',
    });
    this.cluster = cluster;
  }
}

function newVpc(scope: Construct): ec2.IVpc {
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [
      // a task asks for its public address itself
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
    ],
    // would take a Lambda function; nothing here is in the default security group
    restrictDefaultSecurityGroup: false,
  });
  Validations.of(vpc).acknowledge({
    id: 'AwsSolutions-VPC7',
    reason:
      'Flow logs are billed by the gigabyte; the security groups let in one port, from the load balancer, whose requests are traced.',
  });
  return vpc;
}

import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PublicCluster } from '../../lib/fargate/public-cluster';
import { testApp, testStack } from '../app';

test('creates a VPC with two public subnets, and nothing that is billed by the hour', () => {
  const stack = testStack();

  new PublicCluster(stack, 'Cluster');

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::Subnet', 2);
  template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  template.resourceCountIs('AWS::EC2::NatGateway', 0);
  template.resourceCountIs('AWS::EC2::EIP', 0);
  template.resourceCountIs('AWS::Lambda::Function', 0);
  template.hasResourceProperties('AWS::ECS::Cluster', {
    ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
  });
});

test('uses an existing VPC', () => {
  const env = { account: '123456789012', region: 'us-east-1' };
  const stack = new Stack(testApp(), 'Test', { env });

  const { cluster } = new PublicCluster(stack, 'Cluster', { vpcId: 'vpc-0123456789abcdef0' });

  Template.fromStack(stack).resourceCountIs('AWS::EC2::VPC', 0);
  expect(cluster.vpc.publicSubnets.length).toBeGreaterThan(1);
});

test.each([
  ['Public', ['a']],
  ['Public', ['a', 'a']],
  ['Private', ['a', 'b']],
])('fails with a VPC of %s subnets in the zones %j', (type, zones) => {
  const env = { account: '123456789012', region: 'us-east-1' };
  const vpcId = 'vpc-0123456789abcdef0';
  const subnets = zones.map((zone, i) => ({
    subnetId: `subnet-0123456${i}`,
    cidr: `10.0.${i}.0/24`,
    availabilityZone: `us-east-1${zone}`,
    routeTableId: 'rtb-01234567',
  }));
  const lookedUp = {
    vpcId,
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: [],
    subnetGroups: [{ name: type, type, subnets }],
  };
  const key = `vpc-provider:account=${env.account}:filter.vpc-id=${vpcId}:region=${env.region}:returnAsymmetricSubnets=true`;
  const stack = new Stack(testApp({ [key]: lookedUp }), 'Test', { env });

  expect(() => new PublicCluster(stack, 'Cluster', { vpcId })).toThrow(
    `\`vpcId\` must be a VPC with public subnets in two zones, got: ${vpcId}`,
  );
});

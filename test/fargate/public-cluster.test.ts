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

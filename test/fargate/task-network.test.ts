import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { TracedFargateService } from '../../lib/fargate/traced-fargate-service';
import type { TracedFargateServiceProps } from '../../lib/fargate/traced-fargate-service-props';
import { HoneycombApiKey } from '../../lib/honeycomb/honeycomb-api-key';
import { testStack } from '../app';

const { PUBLIC, PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS } = ec2.SubnetType;

let stack: Stack;

beforeEach(() => {
  stack = testStack();
});

function vpcWith(subnetType: ec2.SubnetType, natGateways: number): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    natGateways,
    subnetConfiguration: [
      { name: 'Public', subnetType: PUBLIC },
      { name: 'Tasks', subnetType },
    ],
  });
}

function placeService(vpc: ec2.IVpc, placement: Partial<TracedFargateServiceProps>): void {
  new TracedFargateService(stack, 'Backend', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
    serviceName: 'backend-flask',
    image: { containerImage: ecs.ContainerImage.fromRegistry('example:1') },
    honeycombApiKey: new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: '/a/key' }),
    containerPort: 4567,
    healthCheckPath: '/up',
    ...placement,
  });
}

function expectNetwork(assignPublicIp: string, subnet: string): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        AssignPublicIp: assignPublicIp,
        Subnets: Match.arrayWith([{ Ref: Match.stringLikeRegexp(subnet) }]),
      },
    },
  });
}

test('tasks in private subnets go through the NAT gateway, without a public address', () => {
  placeService(vpcWith(PRIVATE_WITH_EGRESS, 1), {
    vpcSubnets: { subnetType: PRIVATE_WITH_EGRESS },
  });

  expectNetwork('DISABLED', 'VpcTasksSubnet1');
});

test('tasks in public subnets have a public address', () => {
  placeService(vpcWith(PRIVATE_ISOLATED, 0), {});

  expectNetwork('ENABLED', 'VpcPublicSubnet1');
});

function importedVpc(): ec2.IVpc {
  const routeTables = ['rtb-11111111', 'rtb-22222222'];
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-11111111',
    availabilityZones: ['a', 'b'],
    publicSubnetIds: ['subnet-1', 'subnet-2'],
    publicSubnetRouteTableIds: routeTables,
    privateSubnetIds: ['subnet-3', 'subnet-4'],
    privateSubnetRouteTableIds: routeTables,
    isolatedSubnetIds: ['subnet-5', 'subnet-6'],
    isolatedSubnetRouteTableIds: routeTables,
  });
}

test('accepts the private subnets of a VPC of another app', () => {
  placeService(importedVpc(), { vpcSubnets: { subnetType: PRIVATE_WITH_EGRESS } });

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    NetworkConfiguration: {
      AwsvpcConfiguration: { AssignPublicIp: 'DISABLED', Subnets: ['subnet-3', 'subnet-4'] },
    },
  });
});

test('fails in public subnets without public addresses', () => {
  expect(() => {
    placeService(vpcWith(PRIVATE_ISOLATED, 0), { assignPublicIp: false });
  }).toThrow(
    '`assignPublicIp` must be true in public subnets, where only a public address reaches the internet, got: false',
  );
});

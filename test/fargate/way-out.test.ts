import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { HoneycombApiKey } from '../../lib/honeycomb/honeycomb-api-key';
import { TracedFargateService } from '../../lib/fargate/traced-fargate-service';
import type { TracedFargateServiceProps } from '../../lib/fargate/traced-fargate-service-props';
import { testApp, testStack } from '../app';

const image = ecs.ContainerImage.fromRegistry('mirror.example/image:1');
const NAT = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
const ISOLATED = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
const SUBNETS: ec2.SubnetConfiguration[] = [
  { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
  { name: 'Nat', ...NAT },
  { name: 'Isolated', ...ISOLATED },
];

let stack: Stack;
let vpc: ec2.Vpc;

beforeEach(() => {
  stack = testStack();
  vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration: SUBNETS });
});

/** Adds a service whose spans go to Honeycomb, and whose image of the daemon is the public one, if not told otherwise. */
function addService(props: Partial<TracedFargateServiceProps> = {}, inVpc: ec2.IVpc = vpc): void {
  const isElsewhere = props.otlpEndpoint !== undefined;
  new TracedFargateService(stack, 'Backend', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc: inVpc }),
    serviceName: 'backend',
    image: { containerImage: image },
    honeycombApiKey: isElsewhere
      ? undefined
      : new HoneycombApiKey(stack, 'Key', { parameterName: '/a/key' }),
    containerPort: 4567,
    healthCheckPath: '/up',
    ...props,
  });
}

const inside = { otlpEndpoint: 'http://collector.internal:4318', daemonImage: image };

function addEndpoints(...names: string[]): void {
  for (const name of names) {
    new ec2.InterfaceVpcEndpoint(stack, name, {
      ...{ vpc, service: new ec2.InterfaceVpcEndpointAwsService(name), open: false },
    });
  }
}

function expectAssignPublicIp(AssignPublicIp: string): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp }) },
  });
}

test('fails with spans for Honeycomb in isolated subnets, whatever endpoints there are', () => {
  addEndpoints('xray', 'logs', 'ecr.api', 'ecr.dkr', 's3', 'ssm');
  addService({ vpcSubnets: ISOLATED });

  expect(() => Template.fromStack(stack)).toThrow(
    '`vpcSubnets` must have a way to Honeycomb, such as a NAT gateway, got: no route to the internet from Test/Vpc/IsolatedSubnet1, Test/Vpc/IsolatedSubnet2',
  );
});

test('fails without a NAT gateway where the subnets were made for one', () => {
  vpc = new ec2.Vpc(stack, 'NoNat', {
    natGateways: 0,
    subnetConfiguration: SUBNETS.slice(0, 2),
  });
  addService({ vpcSubnets: NAT });

  expect(() => Template.fromStack(stack)).toThrow(
    'got: no route to the internet from Test/NoNat/NatSubnet1',
  );
});

test('accepts a route that is added to a subnet', () => {
  addService({ vpcSubnets: ISOLATED });
  vpc.isolatedSubnets.forEach(({ routeTable: { routeTableId } }, i) => {
    new ec2.CfnRoute(stack, `Route${i}`, {
      ...{ routeTableId, destinationCidrBlock: '0.0.0.0/0', transitGatewayId: 'tgw-1' },
    });
  });

  expectAssignPublicIp('DISABLED');
});

test('fails with the public image of the daemon in isolated subnets', () => {
  addService({ ...inside, daemonImage: undefined, vpcSubnets: ISOLATED });

  expect(() => Template.fromStack(stack)).toThrow(
    '`daemonImage` must be in a private registry where only VPC endpoints can be reached',
  );
});

test('fails in isolated subnets without the endpoints that the service needs', () => {
  addEndpoints('logs', 'ecr.api');
  const parameter = ssm.StringParameter.fromStringParameterName(stack, 'Headers', 'headers');
  addService({
    ...inside,
    otlpHeaders: ecs.Secret.fromSsmParameter(parameter),
    enableExecuteCommand: true,
    vpcSubnets: ISOLATED,
  });

  expect(() => Template.fromStack(stack)).toThrow(
    '`vpcSubnets` must have a NAT gateway or the VPC endpoints of xray, ecr.dkr, s3, ssm, ssmmessages, got: no route to the internet from Test/Vpc/IsolatedSubnet1',
  );
});

test('the endpoints of another VPC do not count', () => {
  const own = vpc;
  vpc = new ec2.Vpc(stack, 'Other');
  addEndpoints('xray', 'logs', 'ecr.api', 'ecr.dkr', 's3');
  addService({ ...inside, vpcSubnets: ISOLATED }, own);

  expect(() => Template.fromStack(stack)).toThrow('the VPC endpoints of xray, logs,');
});

test('accepts isolated subnets with all endpoints, even those added later', () => {
  addService({ ...inside, vpcSubnets: ISOLATED });
  addEndpoints('xray', 'logs', 'ecr.api', 'ecr.dkr');
  vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });

  expectAssignPublicIp('DISABLED');
});

test('accepts a subnet by its id, of which the app knows no routes', () => {
  addService({ vpcSubnets: { subnets: [ec2.Subnet.fromSubnetId(stack, 'Theirs', 'subnet-9')] } });

  expectAssignPublicIp('DISABLED');
});

describe('in a VPC that is looked up', () => {
  const env = { account: '123456789012', region: 'us-east-1' };
  const group = (type: string) => ({
    name: type,
    type,
    subnets: ['a', 'b'].map((zone) => ({
      subnetId: `subnet-${type}${zone}`,
      cidr: '10.0.0.0/24',
      availabilityZone: `us-east-1${zone}`,
      routeTableId: `rtb-${type}`,
    })),
  });
  const key = `vpc-provider:account=${env.account}:filter.vpc-id=vpc-1:region=${env.region}:returnAsymmetricSubnets=true`;
  let lookedUp: ec2.IVpc;

  beforeEach(() => {
    const context = {
      [key]: {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: [],
        subnetGroups: ['Public', 'Private', 'Isolated'].map(group),
      },
    };
    stack = new Stack(testApp(context), 'Test', { env });
    lookedUp = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' });
  });

  test('the lookup tells subnets with a NAT gateway from isolated ones', () => {
    addService({ vpcSubnets: NAT }, lookedUp);

    expectAssignPublicIp('DISABLED');
  });

  test('fails with spans for Honeycomb in isolated subnets', () => {
    addService({ vpcSubnets: ISOLATED }, lookedUp);

    expect(() => Template.fromStack(stack)).toThrow('must have a way to Honeycomb');
  });

  test('fails with an isolated subnet by its id', () => {
    const subnets = [ec2.Subnet.fromSubnetId(stack, 'Isolated', 'subnet-Isolateda')];
    addService({ vpcSubnets: { subnets } }, lookedUp);

    expect(() => Template.fromStack(stack)).toThrow('must have a way to Honeycomb');
  });

  test('accepts isolated subnets for other spans: its endpoints are not known', () => {
    addService({ ...inside, vpcSubnets: ISOLATED }, lookedUp);

    expectAssignPublicIp('DISABLED');
  });
});

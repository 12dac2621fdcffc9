import { change as makeChange } from '../../../rehearsal/mutations/change';
import { changeOf } from '../../../rehearsal/mutations/mutations';
import { type Fact, PREDICATES, STATIC_CHECKS } from '../../../rehearsal/static/facts';
import { evaluateFacts, findingsOf } from '../../../rehearsal/static/static-checks';
import { Graph } from '../../../rehearsal/predicates/graph';
import type { Assembly } from '../../../rehearsal/template/assembly';
import type { Resource } from '../../../rehearsal/template/resolver';
import { changed, synthesized } from '../synthesized';

const FACTS = STATIC_CHECKS.flatMap(({ facts }) => facts);

const ASSEMBLY = synthesized();
const mutated = (change: (template: Assembly['template']) => unknown) => changed(ASSEMBLY, change);

test.each([
  {},
  { 'cruddur:certificateArn': 'arn:aws:acm:us-east-1:111122223333:certificate/a-1' },
  { 'cruddur:serviceName': 'orders.api', 'cruddur:cpuArchitecture': 'arm64' },
  { 'cruddur:healthCheckPath': '/', 'cruddur:honeycombApiKeySource': 'existing' },
  { 'cruddur:backendImage': 'ghcr.io/team/orders:1.2.3' },
])('every fact holds of the stack with %j', (context) => {
  const rows = evaluateFacts(synthesized(context));

  expect(rows.filter(({ outcome }) => outcome !== 'passed').map((row) => row.figure())).toEqual([]);
});

test.each(
  FACTS.map((fact): [string, Fact] => [`${fact.kind} ${fact.property} ${fact.must}`, fact]),
)('catches its mistake: %s', (_, fact) => {
  const assembly = mutated((template) => {
    makeChange(template, changeOf(fact));
  });
  const failed = findingsOf(fact, new Graph(assembly)).filter(
    ({ outcome }) => outcome === 'failed',
  );

  expect(failed).not.toEqual([]);
});

test('every predicate is in the table', () => {
  const used = FACTS.map(({ must }) => must);

  expect(Object.keys(PREDICATES).filter((must) => !used.includes(must))).toEqual([]);
});

type Change = (
  resources: Record<string, Resource>,
  template: { Rules?: unknown; Transform?: unknown },
) => unknown;

/** The properties of the first resource of a type. */
function of(resources: Record<string, Resource>, type: string): Record<string, unknown> {
  return Object.values(resources).find(({ Type }) => Type === `AWS::${type}`)?.Properties ?? {};
}

function idOf(resources: Record<string, Resource>, type: string): string {
  return Object.keys(resources).find((id) => resources[id]?.Type === `AWS::${type}`) ?? '';
}

const add = (resources: Record<string, Resource>, type: string, Properties: object) =>
  Object.assign(resources, { Added: { Type: `AWS::${type}`, Properties } });

/** Gives each role a permission, in place of its own inline policies. */
function allow(resources: Record<string, Resource>, Action: string, Where: unknown): void {
  const Statement = { Effect: 'Allow', Action, Resource: Where };
  Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .forEach(({ Properties }) =>
      Object.assign(Properties ?? {}, { Policies: [{ PolicyDocument: { Statement } }] }),
    );
}

function application(resources: Record<string, Resource>): Record<string, unknown> {
  const { ContainerDefinitions } = of(resources, 'ECS::TaskDefinition');
  return (ContainerDefinitions as Record<string, unknown>[])[0] ?? {};
}

test.each<[string, Change]>([
  [
    'Fargate Spot',
    (all) => {
      const service = of(all, 'ECS::Service');
      delete service.LaunchType;
      service.CapacityProviderStrategy = [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }];
      const CapacityProviders = ['FARGATE', 'FARGATE_SPOT'];
      add(all, 'ECS::ClusterCapacityProviderAssociations', {
        Cluster: { Ref: idOf(all, 'ECS::Cluster') },
        CapacityProviders,
      });
    },
  ],
  [
    'security group rules that differ in their prefix list alone',
    (all) => {
      const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
      const group = of(all, 'EC2::SecurityGroup');
      group.SecurityGroupEgress = [
        { ...rule, CidrIp: '0.0.0.0/0' },
        { ...rule, DestinationPrefixListId: 'pl-11111111' },
        { ...rule, DestinationPrefixListId: 'pl-22222222' },
      ];
    },
  ],
  [
    'a secret of Secrets Manager',
    (all) => {
      add(all, 'SecretsManager::Secret', {});
      const ValueFrom = { Ref: 'Added' };
      (application(all).Secrets as object[]).push({ Name: 'PASSWORD', ValueFrom });
      allow(all, 'secretsmanager:*', ValueFrom);
    },
  ],
  [
    'a gateway to S3',
    (all) => {
      const VpcId = { Ref: idOf(all, 'EC2::VPC') };
      add(all, 'EC2::VPCEndpoint', { VpcId, ServiceName: 'com.amazonaws.us-east-1.s3' });
    },
  ],
  [
    'a secret by its name, without the suffix of its ARN',
    (all) => {
      const ValueFrom = 'arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:database';
      (application(all).Secrets as object[]).push({ Name: 'PASSWORD', ValueFrom });
      allow(all, 'secretsmanager:GetSecretValue', `${ValueFrom}-??????`);
    },
  ],
  [
    'tasks that follow the requests, and the secret of a database',
    (all) => {
      add(all, 'SecretsManager::SecretTargetAttachment', {});
      const ValueFrom = { 'Fn::Join': ['', [{ Ref: 'Added' }, ':password::']] };
      (application(all).Secrets as object[]).push({ Name: 'PASSWORD', ValueFrom });
      allow(all, '*', { Ref: 'Added' });
      const balancer = { Ref: idOf(all, 'ElasticLoadBalancingV2::LoadBalancer') };
      of(all, 'ApplicationAutoScaling::ScalingPolicy').TargetTrackingScalingPolicyConfiguration = {
        TargetValue: 100,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: { 'Fn::Select': [1, { 'Fn::Split': ['/', balancer] }] },
        },
      };
    },
  ],
  [
    'a private zone of its own names',
    (all) =>
      add(all, 'Route53::HostedZone', {
        Name: 'cruddur.internal',
        VPCs: [{ VPCId: { Ref: idOf(all, 'EC2::VPC') } }],
      }),
  ],
  [
    'an assertion that holds, and one about what only AWS knows',
    (_, template) => {
      const assert = (Assert: object) => ({ Assertions: [{ Assert }] });
      template.Rules = {
        A: assert({ 'Fn::Contains': [[{ Ref: 'AWS::Partition' }], 'aws'] }),
        B: assert({ 'Fn::EachMemberIn': [['a'], ['a', 'b']] }),
        C: assert({ 'Fn::Equals': [{ Ref: 'BootstrapVersion' }, 'a'] }),
      };
    },
  ],
  ['a group of every trace', (all) => add(all, 'XRay::Group', { GroupName: 'Everything' })],
  [
    'a volume for temporary files',
    (all) => {
      of(all, 'ECS::TaskDefinition').Volumes = [{ Name: 'temporary' }];
      application(all).MountPoints = [{ SourceVolume: 'temporary', ContainerPath: '/tmp' }];
    },
  ],
  [
    'a rule about another parameter, which starts something else',
    (all) =>
      add(all, 'Events::Rule', {
        EventPattern: { source: ['aws.ssm'], detail: { name: ['/another'] } },
        Targets: [{ Arn: 'arn:aws:lambda:us-east-1:111122223333:function:other', Id: 'a' }],
      }),
  ],
  [
    'a rule about every change of a parameter',
    (all) => (of(all, 'Events::Rule').EventPattern = { source: ['aws.ssm'] }),
  ],
  [
    'deployments by CodeDeploy',
    (all) => {
      const service = of(all, 'ECS::Service');
      service.DeploymentController = { Type: 'CODE_DEPLOY' };
      service.TaskDefinition = of(all, 'ECS::TaskDefinition').Family;
    },
  ],
  [
    'a variable that only a deployment knows',
    (all) =>
      (application(all).Environment as object[]).push({
        Name: 'FEATURE',
        Value: { 'Fn::ImportValue': 'feature' },
      }),
  ],
  [
    'a volume for data',
    (all) => {
      of(all, 'ECS::TaskDefinition').Volumes = [{ Name: 'data' }];
      application(all).MountPoints = [{ SourceVolume: 'data', ContainerPath: '/var/lib/orders' }];
    },
  ],
  [
    'a task that admits its VPC',
    (all) => {
      const CidrIp = { 'Fn::GetAtt': [idOf(all, 'EC2::VPC'), 'CidrBlock'] };
      const rule = of(all, 'EC2::SecurityGroupIngress');
      delete rule.SourceSecurityGroupId;
      rule.CidrIp = CidrIp;
    },
  ],
  [
    'a private route',
    (all) =>
      add(all, 'EC2::Route', {
        RouteTableId: { Ref: idOf(all, 'EC2::RouteTable') },
        DestinationCidrBlock: '10.1.0.0/16',
        VpcPeeringConnectionId: 'pcx-1',
      }),
  ],
])('every fact holds of a stack with %s', (_, change) => {
  const rows = evaluateFacts(mutated((template) => change(template.Resources, template)));

  expect(rows.filter(({ outcome }) => outcome !== 'passed').map((row) => row.figure())).toEqual([]);
});

test.each<[string, Change]>([
  [
    'a value that only a deployment knows',
    (all) => (of(all, 'ECS::Service').Cluster = { 'Fn::ImportValue': 'cluster' }),
  ],
  [
    'a security group that exists already',
    (all) => {
      const { AwsvpcConfiguration } = of(all, 'ECS::Service').NetworkConfiguration as {
        AwsvpcConfiguration: Record<string, unknown>;
      };
      AwsvpcConfiguration.SecurityGroups = ['sg-0123456789abcdef0'];
    },
  ],
  [
    'a log group that exists already, next to one for flow logs',
    (all) => {
      const [id = ''] = Object.keys(all).filter(
        (name) => all[name]?.Type === 'AWS::Logs::LogGroup',
      );
      const { ContainerDefinitions } = of(all, 'ECS::TaskDefinition');
      (ContainerDefinitions as { LogConfiguration: { Options: object } }[]).forEach((item) =>
        Object.assign(item.LogConfiguration.Options, { 'awslogs-group': '/ecs/orders' }),
      );
      add(all, 'EC2::FlowLog', { LogGroupName: { Ref: id } });
      allow(all, 'logs:*', '*');
    },
  ],
  [
    'a role that exists already',
    (all) => (of(all, 'ECS::TaskDefinition').TaskRoleArn = 'arn:aws:iam::111122223333:role/a'),
  ],
  [
    'a target group that exists already, and gets some of the requests',
    (all) => {
      const ours = { TargetGroupArn: { Ref: idOf(all, 'ElasticLoadBalancingV2::TargetGroup') } };
      const another = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/a/1';
      const TargetGroups = [
        { ...ours, Weight: 90 },
        { TargetGroupArn: another, Weight: 10 },
      ];
      of(all, 'ElasticLoadBalancingV2::Listener').DefaultActions = [
        { Type: 'forward', ForwardConfig: { TargetGroups } },
      ];
    },
  ],
  [
    'a listener that asks clients to sign in',
    (all) => {
      const listener = of(all, 'ElasticLoadBalancingV2::Listener');
      const [forward] = listener.DefaultActions as object[];
      listener.DefaultActions = [
        { Type: 'authenticate-oidc', Order: 1 },
        { ...forward, Order: 2 },
      ];
    },
  ],
  [
    'a listener that asks clients for a certificate',
    (all) =>
      (of(all, 'ElasticLoadBalancingV2::Listener').MutualAuthentication = { Mode: 'verify' }),
  ],
  [
    'a deployment that shifts requests to another target group',
    (all) => {
      const service = of(all, 'ECS::Service');
      Object.assign(service.DeploymentConfiguration as object, { Strategy: 'BLUE_GREEN' });
      Object.assign((service.LoadBalancers as object[])[0] ?? {}, { AdvancedConfiguration: {} });
    },
  ],
  [
    'a property that no fact is about',
    (all) => (of(all, 'ECS::Service').ServiceRegistries = [{ RegistryArn: 'arn' }]),
  ],
  [
    'an alarm that is not in the template',
    (all) =>
      (of(all, 'ECS::Service').DeploymentConfiguration = {
        Alarms: { Enable: true, AlarmNames: ['another'] },
      }),
  ],
  [
    'a file system',
    (all) => (of(all, 'ECS::TaskDefinition').Volumes = [{ Name: 'a', EFSVolumeConfiguration: {} }]),
  ],
  [
    'a part of the internet with a route of its own',
    (all) =>
      add(all, 'EC2::Route', {
        RouteTableId: { Ref: idOf(all, 'EC2::RouteTable') },
        DestinationCidrBlock: '0.0.0.0/1',
        VpcPeeringConnectionId: 'pcx-1',
      }),
  ],
  [
    'a container that is neither the application nor the daemon',
    (all) => {
      const task = of(all, 'ECS::TaskDefinition');
      const sidecar = { Name: 'nginx', Image: 'nginx:1.29.3', Essential: false };
      (task.ContainerDefinitions as object[]).push(sidecar);
    },
  ],
  [
    'an interface endpoint',
    (all) =>
      add(all, 'EC2::VPCEndpoint', {
        VpcId: { Ref: idOf(all, 'EC2::VPC') },
        ServiceName: 'com.amazonaws.us-east-1.xray',
        VpcEndpointType: 'Interface',
      }),
  ],
  [
    'an event pattern that only EventBridge can evaluate',
    (all) => {
      const detail = { name: [{ prefix: '/cruddur/' }] };
      of(all, 'Events::Rule').EventPattern = { source: ['aws.ssm'], detail };
    },
  ],
  ['a macro', (_, template) => (template.Transform = 'Macro')],
  [
    'a private zone that has records',
    (all) => {
      const VPCs = [{ VPCId: { Ref: idOf(all, 'EC2::VPC') } }];
      add(all, 'Route53::HostedZone', { Name: 'amazonaws.com', VPCs });
      all.Record = { Type: 'AWS::Route53::RecordSet', Properties: {} };
    },
  ],
  [
    'a block on public access',
    (all) => add(all, 'EC2::VPCBlockPublicAccessOptions', { InternetGatewayBlockMode: 'on' }),
  ],
])('does not pass %s', (_, change) => {
  const outcomes = evaluateFacts(mutated((template) => change(template.Resources, template))).map(
    ({ outcome }) => outcome,
  );

  expect(outcomes).toContain('not evaluated');
  expect(outcomes).not.toContain('failed');
});

test.each([
  ['in private subnets', 'no AWS::EC2::Route', 'passed'],
  ['in public subnets', '', 'failed'],
])('a load balancer that is internal, %s, has %s', (_, steps, outcome) => {
  const assembly = mutated((template) => {
    makeChange(template, steps);
    makeChange(template, 'load balancer.Scheme = "internal"');
  });
  const facts = FACTS.filter(({ property }) => property === 'Scheme');
  const findings = facts.flatMap((fact) => findingsOf(fact, new Graph(assembly)));

  expect(findings).toMatchObject([{ outcome }]);
});

test.each([
  [
    'task-accepted',
    'application.MountPoints = [{"ContainerPath": "/usr/local", "SourceVolume": "a"}]',
  ],
  [
    'service-runs',
    'AWS::IAM::Role(EventsRole).AssumeRolePolicyDocument.Statement.0.Principal.Service = "a.amazonaws.com"',
  ],
])('%s fails after %s', (id, steps) => {
  const assembly = mutated((template) => {
    makeChange(template, steps);
  });

  expect(evaluateFacts(assembly).find((row) => row.id === id)?.outcome).toBe('failed');
});

test.each([
  ['rules-cover', /X-Ray's Default decides for some of orders, got: Cruddur for backend-flask, /],
  ['group-covers', /no group holds all of orders, and that alone, got: service\("backend-flask"\)/],
])('%s names the service that no rule or group is for', (id, message) => {
  const assembly = mutated((template) => {
    makeChange(template, 'application.$AWS_XRAY_TRACING_NAME = "orders"');
  });

  expect(
    evaluateFacts(assembly)
      .find((row) => row.id === id)
      ?.figure(),
  ).toMatch(message);
});

test('does not resolve what it does not read', () => {
  const assembly = mutated(({ Resources }) => add(Resources, 'S3::Bucket', { Tags: { Ref: 'A' } }));

  expect(evaluateFacts(assembly).every(({ outcome }) => outcome === 'passed')).toBe(true);
});

test('states what no fact is about', () => {
  const assembly = mutated(({ Resources }) =>
    Object.assign(Resources, { Bucket: { Type: 'AWS::S3::Bucket', Properties: {} } }),
  );
  const [coverage] = evaluateFacts(assembly);

  expect(coverage?.figure()).toMatch(/not looked at: .*1 AWS::S3::Bucket/);
});

test.each<[string, string, string]>([
  ['us-west-1', 'us-west-1', 'passed'],
  ['us-west-1', 'us-east-1', 'failed'],
])('in %s, a certificate of %s has %s', (region, other, outcome) => {
  const context = {
    'cruddur:certificateArn': `arn:aws:acm:${other}:111122223333:certificate/a-1`,
  };
  const rows = evaluateFacts({ ...synthesized(context), region });

  expect(rows.find(({ id }) => id === 'reached')?.outcome).toBe(outcome);
});

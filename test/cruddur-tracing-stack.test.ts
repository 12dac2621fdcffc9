import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { readConfig } from '../lib/config/config';
import { CruddurTracingStack } from '../lib/cruddur-tracing-stack';
import { testApp } from './app';

interface Ref {
  readonly Ref: string;
}

interface GetAtt {
  readonly 'Fn::GetAtt': [id: string, attribute: string];
}

interface Container {
  readonly Name: string;
  readonly Essential: boolean;
  readonly HealthCheck?: unknown;
  readonly Environment: { readonly Name: string; readonly Value: string }[];
  readonly Secrets: { readonly Name: string }[];
}

interface SamplingRule {
  readonly Priority: number;
  readonly FixedRate: number;
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly URLPath: string;
}

/** The properties, of whatever resource, that the tests are about. */
interface Properties {
  readonly ContainerDefinitions: [backend: Container, daemon: Container];
  readonly HealthCheckPath: string;
  readonly NetworkConfiguration: { readonly AwsvpcConfiguration: { SecurityGroups: GetAtt[] } };
  readonly PolicyDocument: unknown;
  readonly Roles: Ref[];
  readonly SamplingRule: SamplingRule;
  readonly SecurityGroups: GetAtt[];
  readonly TaskRoleArn: GetAtt;
  readonly Value: unknown;
}

const SERVICE_NAME = 'backend-flask';

/** Whether a text matches a pattern of X-Ray, in which only `*` and `?` are special. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}

/** What is new in `after`, at any depth; `undefined` for what is gone. */
function changes(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) {
    return after;
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...keys]
      .filter((key) => !isDeepStrictEqual(before[key], after[key]))
      .map((key) => [key, changes(before[key], after[key])]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function synthesize(context: Record<string, unknown> = {}, ofCdk: Record<string, unknown> = {}) {
  const app = testApp(ofCdk);
  const config = readConfig(context);
  const stack = new CruddurTracingStack(app, config.stackName, { config });
  const json = Template.fromStack(stack).toJSON() as {
    Resources: Record<string, { Type: string; Properties: Properties }>;
    Parameters: Record<string, unknown>;
    Conditions?: Record<string, unknown>;
    Outputs: Record<string, { Value: unknown }>;
  };
  const ofType = (type: string) =>
    Object.values(json.Resources)
      .filter((resource) => resource.Type === type)
      .map((resource) => resource.Properties);
  const only = (type: string) => {
    const [first, ...others] = ofType(type);
    if (!first || others.length > 0) {
      throw new Error(`one ${type} expected`);
    }
    return first;
  };
  /** The rule that X-Ray applies to a path of the service: the first one that matches. */
  const ruleFor = (path: string) =>
    ofType('AWS::XRay::SamplingRule')
      .map(({ SamplingRule }) => SamplingRule)
      .sort((a, b) => a.Priority - b.Priority)
      .find((rule) => matches(rule.ServiceName, SERVICE_NAME) && matches(rule.URLPath, path));
  const task = only('AWS::ECS::TaskDefinition');
  const [backend, daemon] = task.ContainerDefinitions;
  return { app, json, ofType, only, ruleFor, task, backend, daemon };
}

const byDefault = synthesize();

test('the template is the one that was reviewed', () => {
  expect(byDefault.json).toMatchSnapshot();
});

const VARIANTS: [string, Record<string, unknown>][] = [
  [
    'existing key',
    {
      'cruddur:honeycombApiKeySource': 'existing',
      'cruddur:honeycombApiKeyEncryptionKeyArn':
        'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
    },
  ],
  [
    'own image',
    { 'cruddur:backendImage': '123456789012.dkr.ecr.us-east-1.amazonaws.com/flask:1.2' },
  ],
  [
    'certificate',
    {
      'cruddur:certificateArn':
        'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
    },
  ],
  ['arm64', { 'cruddur:cpuArchitecture': 'arm64' }],
  ['stage', { 'cruddur:stage': 'dev' }],
  [
    'all alarms, and insights, to an address',
    {
      'cruddur:alarmEmail': 'operator@example.com',
      'cruddur:alarmErrorPercent': 1,
      'cruddur:alarmLatencySeconds': 0.5,
      'cruddur:alarmFaultTraces': 0,
      'cruddur:monthlyTraceBudgetUsd': 60,
      'cruddur:insights': true,
    },
  ],
  ['your own topic', { 'cruddur:alarmTopicArn': 'arn:aws:sns:us-east-1:123456789012:alarms' }],
  [
    'no alarms, dashboard and restart',
    { 'cruddur:alarms': false, 'cruddur:dashboard': false, 'cruddur:restartOnNewKey': false },
  ],
];

describe.each([['default', {}], ...VARIANTS])('with the configuration: %s', (name, context) => {
  const stack = name === 'default' ? byDefault : synthesize(context);
  const { json, ofType, only, ruleFor, backend, daemon, task } = stack;

  if (stack !== byDefault) {
    test('the template differs from the default one as was reviewed', () => {
      expect(changes(byDefault.json, json)).toMatchSnapshot();
    });
  }

  test('the daemon never takes the application down', () => {
    expect(backend.Essential).toBe(true);
    expect(daemon).toMatchObject({ Name: 'xray-daemon', Essential: false });
    expect(daemon.HealthCheck).toBeUndefined();
    expect(backend).toMatchObject({
      DependsOn: [{ ContainerName: 'xray-daemon', Condition: 'START' }],
    });
  });

  test('the task role can write traces and read sampling rules, and nothing else', () => {
    const [roleId] = task.TaskRoleArn['Fn::GetAtt'];
    const policies = ofType('AWS::IAM::Policy').filter(({ Roles }) =>
      Roles.some(({ Ref }) => Ref === roleId),
    );
    const role = json.Resources[roleId]?.Properties;

    expect(policies.map(({ PolicyDocument }) => PolicyDocument)).toEqual([
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'xray:GetSamplingRules',
              'xray:GetSamplingTargets',
              'xray:PutTelemetryRecords',
              'xray:PutTraceSegments',
            ],
            Resource: '*',
          },
        ],
      },
    ]);
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role).not.toHaveProperty('Policies');
  });

  test('only the load balancer reaches the tasks', () => {
    const { SecurityGroups } = only('AWS::ECS::Service').NetworkConfiguration.AwsvpcConfiguration;
    const [own] = SecurityGroups;
    const ownId = own?.['Fn::GetAtt'][0] ?? '';

    expect(SecurityGroups).toHaveLength(1);
    expect(json.Resources[ownId]?.Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(ofType('AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({
        GroupId: own,
        IpProtocol: 'tcp',
        FromPort: 4567,
        ToPort: 4567,
        SourceSecurityGroupId: only('AWS::ElasticLoadBalancingV2::LoadBalancer').SecurityGroups[0],
      }),
    ]);
  });

  test('health checks are not sampled', () => {
    const { HealthCheckPath } = only('AWS::ElasticLoadBalancingV2::TargetGroup');

    expect(ruleFor(HealthCheckPath)).toMatchObject({ FixedRate: 0, ReservoirSize: 0 });
  });

  test('other requests are sampled as configured', () => {
    expect(ruleFor('/api/anything')).toMatchObject({ FixedRate: 0.1, ReservoirSize: 5 });
  });

  test('the key is never echoed, and used only by the SSM parameter', () => {
    const isDeclared = context['cruddur:honeycombApiKeySource'] !== 'existing';
    const { Conditions, ...rest } = json;

    expect(JSON.stringify(rest).split('{"Ref":"HoneycombApiKey"}')).toHaveLength(
      isDeclared ? 2 : 1,
    );
    expect(
      Object.values(Conditions ?? {}).filter((condition) =>
        JSON.stringify(condition).includes('HoneycombApiKey'),
      ),
    ).toEqual(isDeclared ? [{ 'Fn::Equals': [{ Ref: 'HoneycombApiKey' }, 'not-stored'] }] : []);
    expect(json.Parameters.HoneycombApiKey).toEqual(
      isDeclared ? expect.objectContaining({ NoEcho: true, Default: 'not-stored' }) : undefined,
    );
    expect(ofType('AWS::SSM::Parameter').map(({ Value }) => Value)).toEqual(
      isDeclared ? [{ Ref: 'HoneycombApiKey' }] : [],
    );
  });
});

test('X-Ray, OpenTelemetry and ECS get the same service name', () => {
  const { ofType, backend } = synthesize({ 'cruddur:serviceName': 'my-flask' });
  const variables = Object.fromEntries(backend.Environment.map(({ Name, Value }) => [Name, Value]));

  expect(ofType('AWS::XRay::Group')).toMatchObject([
    { FilterExpression: 'service("my-flask")' },
    { FilterExpression: 'service("my-flask") AND fault' },
  ]);
  expect(
    ofType('AWS::XRay::SamplingRule').map(({ SamplingRule }) => SamplingRule.ServiceName),
  ).toEqual(expect.not.arrayContaining([expect.not.stringMatching(/^my-flask$/)]));
  expect(backend.Name).toBe('my-flask');
  expect(variables).toMatchObject({
    OTEL_SERVICE_NAME: 'my-flask',
    AWS_XRAY_TRACING_NAME: 'my-flask',
  });
});

test('the task sets exactly the variables that the README of the application lists', () => {
  const { backend } = byDefault;
  const readme = readFileSync(join(__dirname, '..', 'backend-flask', 'README.md'), 'utf8');
  const ofTracing = /of which the stack sets\n(.*?)\.\n/s.exec(readme)?.[1] ?? '';
  const documented = [
    ...readme.matchAll(/^\| `(\w+)` \| yes \|/gm),
    ...ofTracing.matchAll(/`(\w+)`/g),
  ].map(([, name]) => name);
  const set = [...backend.Environment, ...backend.Secrets].map(({ Name }) => Name);

  expect(set.sort()).toEqual(documented.sort());
});

test('segments are never named after the host', () => {
  const { backend } = byDefault;

  expect(backend.Environment.map(({ Name }) => Name)).not.toContain('AWS_XRAY_URL');
});

test('every key reaches the template', () => {
  const { json, ofType, ruleFor, task, backend } = synthesize({
    'cruddur:groupName': 'Group',
    'cruddur:ruleName': 'Rule',
    'cruddur:samplingPriority': 42,
    'cruddur:samplingFixedRate': 0.5,
    'cruddur:samplingReservoirSize': 7,
    'cruddur:honeycombApiKeyParameterName': '/my/key',
    'cruddur:honeycombRegion': 'eu',
    'cruddur:cpu': 512,
    'cruddur:memoryMiB': 1024,
    'cruddur:minTasks': 2,
    'cruddur:maxTasks': 3,
    'cruddur:containerPort': 8080,
    'cruddur:healthCheckPath': '/up',
    'cruddur:insights': true,
    'cruddur:alarmEmail': 'operator@example.com',
  });

  expect(ofType('AWS::XRay::Group')).toMatchObject([
    {
      GroupName: 'Group',
      InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: true },
    },
    { GroupName: 'Group-faults', InsightsConfiguration: { InsightsEnabled: false } },
  ]);
  expect(ruleFor('/')).toMatchObject({
    ...{ RuleName: 'Rule', Priority: 42, FixedRate: 0.5, ReservoirSize: 7 },
  });
  expect(ruleFor('/up')).toMatchObject({ RuleName: 'Rule-health', FixedRate: 0 });
  expect(ofType('AWS::SSM::Parameter')).toMatchObject([{ Name: '/my/key' }]);
  expect(task).toMatchObject({ Cpu: '512', Memory: '1024' });
  expect(ofType('AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject([
    { MinCapacity: 2, MaxCapacity: 3 },
  ]);
  expect(backend).toMatchObject({ PortMappings: [{ ContainerPort: 8080 }] });
  expect(backend.Environment).toEqual(
    expect.arrayContaining([
      { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'https://api.eu1.honeycomb.io' },
      { Name: 'HEALTH_CHECK_PATH', Value: '/up' },
    ]),
  );
  expect(json.Outputs.HoneycombApiKeyParameterName?.Value).toBe('/my/key');
});

test('names the configuration key if the sampling rules need another priority', () => {
  const config = { ...readConfig({}), samplingPriority: 1 };

  expect(() => new CruddurTracingStack(testApp(), 'Test', { config })).toThrow(
    /^`cruddur:samplingPriority` must be a whole number from \d to 9999, got: 1$/,
  );
});

test.each([
  ['declared', ['HoneycombApiKeyState']],
  ['existing', ['HoneycombApiKeyEncryptionKeyArn']],
])('with a key that is %s, the outputs say what operator and `npm run key` need', (source, own) => {
  const { Outputs } = synthesize({
    'cruddur:honeycombApiKeySource': source,
    ...(source === 'existing' && {
      'cruddur:honeycombApiKeyEncryptionKeyArn':
        'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
    }),
  }).json;

  expect(Object.keys(Outputs)).toEqual([
    'DashboardUrl',
    'ServiceUrl',
    'XRayConsoleUrl',
    'HoneycombRegion',
    'HoneycombApiKeyParameterName',
    ...own,
    'StoreHoneycombApiKeyCommand',
    'ClusterName',
    'ServiceName',
    'RestartTasksCommand',
  ]);
  // right in every app, and with any options of the deployment
  expect(JSON.stringify(Outputs)).not.toMatch(/npm run deploy|cdk deploy/);
});

test('the key is in no synthesized file, whatever the environment holds', () => {
  const sentinel = `hcaik_${'5e0'.repeat(19)}x`;
  const names = ['HONEYCOMB_API_KEY', 'HoneycombApiKey', 'OTEL_EXPORTER_OTLP_HEADERS'];
  for (const name of names) {
    process.env[name] = sentinel;
  }
  let directory: string;
  try {
    const copying = { [DISABLE_ASSET_STAGING_CONTEXT]: false };
    ({ directory } = synthesize({}, copying).app.synth());
  } finally {
    for (const name of names) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the environment of the process, which other tests share
      delete process.env[name];
    }
  }

  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => readFileSync(file).includes(sentinel))).toEqual([]);
});

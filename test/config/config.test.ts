import cdkJson from '../../cdk.json';
import { readConfig } from '../../lib/config/config';
import type { DeploymentEnvironment } from '../../lib/config/config-conflicts';
import { ConfigError } from '../../lib/config/config-error';

const config = (values: Record<string, unknown>, deployment?: DeploymentEnvironment) =>
  readConfig(
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`cruddur:${key}`, value])),
    deployment,
  );

test('has a default for everything', () => {
  expect(readConfig({})).toEqual({
    stackName: 'CruddurTracing',
    serviceName: 'backend-flask',
    groupName: 'Cruddur',
    ruleName: 'Cruddur',
    samplingPriority: 9000,
    samplingFixedRate: 0.1,
    samplingReservoirSize: 5,
    honeycombApiKeySource: 'declared',
    honeycombApiKeyParameterName: '/cruddur/backend-flask/HONEYCOMB_API_KEY',
    honeycombRegion: 'us',
    cpuArchitecture: 'x86_64',
    cpu: 256,
    memoryMiB: 512,
    minTasks: 1,
    maxTasks: 4,
    containerPort: 4567,
    healthCheckPath: '/api/health-check',
    insights: false,
    faultGroupName: 'Cruddur-faults',
    alarms: true,
    alarmErrorPercent: 5,
    alarmLatencySeconds: 2,
    dashboard: true,
    restartOnNewKey: true,
    env: undefined,
  });
});

test('ignores the keys of others', () => {
  const others = [
    ...Object.keys(cdkJson.context),
    ...['cli-telemetry', 'acknowledged-issue-numbers', 'plugin', 'aws:cdk:bundling-stacks'],
    'vpc-provider:account=123456789012:filter.vpc-id=vpc-12345678:region=eu-west-1:returnAsymmetricSubnets=true',
    ...[
      'availability-zones:account=123456789012:region=eu-west-1',
      'ami:account=1',
      'ssm:account=1',
    ],
    ...['other:stage', 'cruddur-frontend:stage', 'crud:cpu', 'cluster:cpu', 'env', 'stages', 'gpu'],
  ];
  const context = Object.fromEntries(others.map((key) => [key, 'NOT OURS']));

  expect(readConfig(context)).toEqual(readConfig({}));
});

test('adds the stage to every name that must be unique in X-Ray and SSM', () => {
  expect(config({ stage: 'dev' })).toMatchObject({
    stackName: 'CruddurTracing-dev',
    groupName: 'Cruddur-dev',
    faultGroupName: 'Cruddur-dev-faults',
    ruleName: 'Cruddur-dev',
    honeycombApiKeyParameterName: '/cruddur/dev/backend-flask/HONEYCOMB_API_KEY',
  });
});

test('the default name of an existing parameter is not that of a declared one, which its stack would delete', () => {
  const honeycombApiKeySource = 'existing';
  const honeycombApiKeyParameterName = '/cruddur/dev/backend-flask/HONEYCOMB_API_KEY';

  expect(config({ honeycombApiKeySource }).honeycombApiKeyParameterName).toBe(
    '/cruddur/backend-flask/HONEYCOMB_API_KEY_SECURE',
  );
  expect(() =>
    config({ honeycombApiKeySource, honeycombApiKeyParameterName, stage: 'dev' }),
  ).toThrow(
    new ConfigError(
      'cruddur:honeycombApiKeyParameterName must not be the name that a stack with honeycombApiKeySource=declared creates and deletes, got: another value, not shown',
    ),
  );
});

test('a given parameter name is used verbatim, with or without a stage', () => {
  const honeycombApiKeyParameterName = '/shared/HONEYCOMB_API_KEY';

  expect(config({ stage: 'dev', honeycombApiKeyParameterName })).toMatchObject({
    honeycombApiKeyParameterName,
  });
});

test('the name of the group of faults is truncated to what X-Ray accepts', () => {
  expect(config({ groupName: 'g'.repeat(32) }).faultGroupName).toBe(`${'g'.repeat(25)}-faults`);
});

const arn = {
  kms: 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  acm: 'arn:aws-cn:acm:cn-north-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
};

test.each([
  [
    'stage',
    // the rule Cruddur-health is the default stack's for its health checks, and Cruddur-a-health that of the stage a
    ['', 'Dev', '1dev', 'abcdefghijklm', 'a_b', true, 'health', 'a-health'],
    '1 to 12 of a-z 0-9 -, starting with a letter and not ending in the word health',
  ],
  [
    'serviceName',
    ['', 'a*', 'a?', 'a"', 'x'.repeat(65), 'xray-daemon', 'xray daemon'],
    '1 to 64 letters, digits, spaces or _ . : / % & # = + - @, with no space at either end, and not xray-daemon',
  ],
  [
    'groupName',
    ['', 'Default', 'x'.repeat(33), 'a b'],
    '1 to 32 letters, digits and dashes, and not Default',
  ],
  [
    'ruleName',
    ['', 'Default', 'x'.repeat(26), 'a_b', 'a-health'],
    '1 to 25 letters, digits and dashes, not Default and not ending in -health',
  ],
  [
    'samplingPriority',
    [1, 10_000, 2.5, '', ' 5', '1e3x', '1e3', '0x10', '007', 'yes', null],
    'a whole number from 2 to 9999; the health-check rule has the one before',
  ],
  ['samplingFixedRate', [-0.1, 1.1, '10%', '.5', true], 'a number from 0 to 1'],
  ['samplingReservoirSize', [-1, 0.5, '', []], 'a whole number, 0 or more'],
  ['honeycombApiKeySource', ['secret', '', true], 'declared or existing'],
  ['honeycombRegion', ['ap', 'US'], 'us or eu'],
  [
    'honeycombApiKeyEncryptionKeyArn',
    ['alias/a', 'arn:aws:kms:eu-west-1:123456789012:alias/a'],
    'the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>',
  ],
  [
    'backendImage',
    ['nginx', 'nginx:latest', 'localhost:5000/nginx', 'Nginx:1', 'a@sha256:0', 'a b:1'],
    'an image with a tag, not latest, or a digest: [<registry>/]<repository>:<tag>',
  ],
  ['cpuArchitecture', ['arm', 'X86_64'], 'x86_64 or arm64'],
  ['cpu', ['a lot', true], 'a number of CPU units that Fargate offers'],
  ['memoryMiB', ['512 MiB'], 'a number of MiB that Fargate offers'],
  ['minTasks', [0, 1.5], 'a whole number, 1 or more'],
  ['maxTasks', [0, '4x'], 'a whole number, minTasks or more'],
  [
    'containerPort',
    [0, 65_536, 2000, '2000', 80.5],
    "a whole number from 1 to 65535, and not 2000, the daemon's",
  ],
  [
    'healthCheckPath',
    ['', 'up', '/a*', '/a?b', '/livez,/readyz', '/a b', `/${'x'.repeat(128)}`],
    'one absolute path of at most 128 characters, without *, ? or a comma',
  ],
  ['vpcId', ['vpc-', 'vpc-xyz', 'subnet-12345678'], 'the id of a VPC, vpc-...'],
  [
    'certificateArn',
    ['cert', 'arn:aws:acm:eu-west-1:1:certificate/1'],
    'the ARN of an ACM certificate, arn:aws:acm:<region>:<account>:certificate/<id>',
  ],
  ['insights', ['yes', '', 1, 'TRUE'], 'true or false'],
  ['alarms', ['no', 0], 'true or false'],
  ['alarmEmail', ['', 'operator', 'a@b', 'a b@example.com'], 'an email address'],
  [
    'alarmTopicArn',
    ['topic', 'arn:aws:sns:eu-west-1:1:t', 'arn:aws:sqs:eu-west-1:123456789012:t'],
    'the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>',
  ],
  ['alarmErrorPercent', [-1, 101, '5%'], 'a number from 0 to 100'],
  ['alarmLatencySeconds', [0, -1, '2s'], 'a number of seconds, 0.001 or more'],
  ['alarmFaultTraces', [-1, 0.5, ''], 'a whole number, 0 or more'],
  ['monthlyTraceBudgetUsd', [-1, '10 USD'], 'a number, 0 or more'],
  ['dashboard', ['on'], 'true or false'],
  ['restartOnNewKey', ['off'], 'true or false'],
])('%s fails with %j', (key, values, rule) => {
  for (const value of values) {
    expect(() => config({ [key]: value })).toThrow(
      new ConfigError(`cruddur:${key} must be ${rule}, got: ${JSON.stringify(value)}`),
    );
  }
});

test.each([
  [{ cpu: 300 }, 'cruddur:cpu must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got: 300'],
  [
    { cpu: '512', memoryMiB: '512' },
    'cruddur:memoryMiB must be one of 1024, 2048, 3072, 4096 with a cpu of 512, got: 512',
  ],
  [{ minTasks: 5 }, 'cruddur:maxTasks must be minTasks, 5, or more, got: 4'],
  [
    { stage: 'dev', groupName: 'g'.repeat(30) },
    `cruddur:groupName must have at most 32 characters with the stage, got: "${'g'.repeat(30)}-dev"`,
  ],
  [
    { stage: 'dev', ruleName: 'r'.repeat(22) },
    `cruddur:ruleName must have at most 25 characters with the stage, got: "${'r'.repeat(22)}-dev"`,
  ],
  [
    { honeycombApiKeyEncryptionKeyArn: arn.kms },
    `cruddur:honeycombApiKeyEncryptionKeyArn must come with honeycombApiKeySource=existing, got: "${arn.kms}"`,
  ],
  [
    { vpcId: 'vpc-12345678' },
    'cruddur:vpcId must come with an account and a region: give --profile, or set AWS_PROFILE, got: "vpc-12345678"',
  ],
  [
    { alarmEmail: 'a@example.com', alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:t' },
    'cruddur:alarmEmail must not come with alarmTopicArn, subscribe to that topic instead, got: "a@example.com"',
  ],
  [
    { alarmEmail: 'a@example.com', alarms: false },
    'cruddur:alarmEmail must come with alarms=true or insights=true, nothing else is sent, got: "a@example.com"',
  ],
  [
    { alarms: false, alarmFaultTraces: 1, monthlyTraceBudgetUsd: 2 },
    'cruddur:alarmFaultTraces must come with alarms=true, got: 1\ncruddur:monthlyTraceBudgetUsd must come with alarms=true, got: 2',
  ],
])('fails with %j together', (values, message) => {
  expect(() => config(values)).toThrow(new ConfigError(message));
});

test('accepts one number for the fewest and the most tasks', () => {
  expect(config({ minTasks: 4, maxTasks: 4 })).toMatchObject({ minTasks: 4, maxTasks: 4 });
});

test('looks a VPC up in the account and region of the credentials', () => {
  const env = { account: '123456789012', region: 'eu-west-1' };

  expect(config({ vpcId: 'vpc-12345678' }, env).env).toEqual(env);
  expect(config({}, env).env).toBeUndefined();
  expect(() => config({ vpcId: 'vpc-12345678' }, { account: env.account })).toThrow(ConfigError);
});

test('accepts an encryption key with an existing parameter', () => {
  const values = { honeycombApiKeySource: 'existing', honeycombApiKeyEncryptionKeyArn: arn.kms };

  expect(config(values)).toMatchObject(values);
});

test('reports all errors at once', () => {
  expect(() => config({ cpu: 'x', insights: 'yes' })).toThrow(
    /^cruddur:cpu must .*\ncruddur:insights must .*$/,
  );
});

test.each([
  ['samplngFixedRate', 'samplingFixedRate'],
  ['memory', 'memoryMiB'],
  ['Stage', 'stage'],
  ['minTask', 'minTasks'],
])('fails with the unknown key %s, and suggests %s', (key, suggestion) => {
  expect(() => config({ [key]: 'x' })).toThrow(
    new ConfigError(`cruddur:${key} must be a known key, did you mean cruddur:${suggestion}?`),
  );
});

test.each([
  ...[
    ['stage', 'stage'],
    ['Stage', 'stage'],
    ['min-tasks', 'minTasks'],
  ],
  ...['cruddr', 'Cruddur', 'CRUDDUR', 'curddur', 'cruder', ' cruddur', 'cruddur '].map((prefix) => [
    `${prefix}:stage`,
    'stage',
  ]),
  ...[
    'cruddur.stage',
    'cruddur/stage',
    'cruddur_stage',
    'CRUDDUR_STAGE',
    'cruddurStage',
    'cruddr.stage',
  ].map((key) => [key, 'stage']),
  ['cruddr:samplingRate', 'samplingFixedRate'],
  ['cruddur', '<key>'],
])('fails with %j instead of cruddur:%s', (key, meant) => {
  expect(() => readConfig({ [key]: 'dev' })).toThrow(
    new ConfigError(`cruddur:${meant} must be written with this prefix, got: ${key}`),
  );
});

describe('an API key in the context fails, and is not shown', () => {
  // shaped like Honeycomb's, and not a real one
  const keys = [`hcaik_${'0a'.repeat(29)}`, '0123456789abcdef'.repeat(2), 'Sentinel0Not0A0Real0Ke'];

  test.each(
    keys.flatMap((key) => [
      ['cruddur:honeycombApiKey', key],
      ['cruddur:honeycombApiKeyParameterName', key],
      ['cruddur:serviceName', key],
      ['HONEYCOMB_API_KEY', key],
      ['anything', key],
    ]),
  )('%s', (name, key) => {
    const read = () => readConfig({ [name]: key });

    expect(read).toThrow(`${name} must not hold an API key`);
    expect(read).not.toThrow(key);
  });

  test('a value under the name of the key fails, whatever it looks like', () => {
    expect(() => readConfig({ 'honeycomb-api-key': 'x' })).toThrow('must not hold an API key');
  });

  test('the name of the parameter is not shown either', () => {
    const read = () => config({ honeycombApiKeyParameterName: 'sentinel' });

    expect(read).toThrow(
      /^cruddur:honeycombApiKeyParameterName must be the path .* got: another value, not shown$/,
    );
    expect(read).not.toThrow('sentinel');
  });
});

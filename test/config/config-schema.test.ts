import { CONFIG_KEYS, CONFIG_SCHEMA, type ConfigKey } from '../../lib/config/config-schema';

const parse = (key: ConfigKey, value: unknown): unknown => CONFIG_SCHEMA.shape[key].parse(value);

test.each<[ConfigKey, unknown[]]>([
  ['stage', ['a', 'dev-2', 'abcdefghijkl', 'myhealth', 'health-2']],
  ['serviceName', ['x', 'my service', 'x'.repeat(64)]],
  ['groupName', ['C', 'x'.repeat(32)]],
  ['ruleName', ['C', 'x'.repeat(25)]],
  ['samplingPriority', [2, 9999]],
  ['samplingFixedRate', [0, 1, 0.001]],
  ['samplingReservoirSize', [0, 1000]],
  ['honeycombApiKeySource', ['declared', 'existing']],
  ['honeycombApiKeyParameterName', ['/a', '/a/b_c.d-e']],
  ['honeycombRegion', ['us', 'eu']],
  ['backendImage', ['nginx:1', 'localhost:5000/a/b:v1.0', `a/b@sha256:${'0'.repeat(64)}`]],
  ['cpuArchitecture', ['x86_64', 'arm64']],
  ['memoryMiB', [512, 1024, 2048]],
  ['cpu', [256]],
  ['vpcId', ['vpc-12345678', 'vpc-0123456789abcdef0']],
  ['honeycombApiKeyEncryptionKeyArn', ['arn:aws:kms:eu-west-1:123456789012:key/mrk-1234']],
  ['maxTasks', [1, 100]],
  ['minTasks', [1, 4]],
  ['containerPort', [1, 65535]],
  ['healthCheckPath', ['/', '/up.json', `/${'x'.repeat(127)}`]],
  ['certificateArn', ['arn:aws-cn:acm:cn-north-1:123456789012:certificate/11111111-2222-3333']],
  ['insights', [true, false]],
  ['alarms', [true, false]],
  ['alarmEmail', ['operator@example.com', 'a.b+c@d.example.org']],
  [
    'alarmTopicArn',
    ['arn:aws:sns:eu-west-1:123456789012:a-b_C', 'arn:aws-cn:sns:cn-north-1:123456789012:t'],
  ],
  ['alarmErrorPercent', [0, 0.5, 100]],
  ['alarmLatencySeconds', [0.001, 2, 60]],
  ['alarmFaultTraces', [0, 100]],
  ['monthlyTraceBudgetUsd', [0, 0.5, 1000]],
  ['dashboard', [true, false]],
  ['restartOnNewKey', [true, false]],
])('%s accepts %j', (key, values) => {
  for (const value of values) {
    expect(parse(key, value)).toBe(value);
  }
});

test.each<[ConfigKey, string, unknown]>([
  ['samplingPriority', '42', 42],
  ['samplingFixedRate', '0.5', 0.5],
  ['samplingReservoirSize', '0', 0],
  ['containerPort', '8080', 8080],
  ['insights', 'false', false],
  ['insights', 'true', true],
  ['alarmFaultTraces', '3', 3],
  ['monthlyTraceBudgetUsd', '0.5', 0.5],
])('%s reads %j from the command line', (key, text, value) => {
  expect(parse(key, text)).toBe(value);
});

test('every key has a rule that an error can state', () => {
  expect(CONFIG_KEYS.filter((key) => !CONFIG_SCHEMA.shape[key].description)).toEqual([]);
});

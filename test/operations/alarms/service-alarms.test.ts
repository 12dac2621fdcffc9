import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  ServiceAlarms,
  type ServiceAlarmsProps,
} from '../../../lib/operations/alarms/service-alarms';
import { TraceAlarms, type TraceAlarmsProps } from '../../../lib/operations/alarms/trace-alarms';
import { nameOf, type Resource } from '../proof';
import { testService } from '../service';
import { testStack } from '../../app';

type Options = Partial<Omit<ServiceAlarmsProps & TraceAlarmsProps, 'metrics' | 'service'>>;

function alarmsWith(options: Options = {}) {
  const { stack, backend, metrics } = testService();
  const { service } = backend;
  const { alarms } = new ServiceAlarms(stack, 'ServiceAlarms', { metrics, service, ...options });
  new TraceAlarms(stack, 'TraceAlarms', { metrics, fixedRate: 0.1, reservoirSize: 5, ...options });
  return { stack, alarms };
}

function propertiesOf(options: Options = {}) {
  const { stack } = alarmsWith(options);
  const found = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
  return Object.fromEntries(
    Object.entries(found).map(([id, resource]) => [
      nameOf(id),
      (resource as unknown as Resource).Properties,
    ]),
  );
}

test('eight alarms by default, on ten metrics, as many as are free', () => {
  const alarms = propertiesOf();
  const metrics = Object.values(alarms).flatMap(({ Metrics }) =>
    ((Metrics ?? [{ MetricStat: 'its own' }]) as object[]).filter((each) => 'MetricStat' in each),
  );

  expect(Object.keys(alarms)).toEqual([
    'ServerErrors',
    'SlowResponses',
    'TooFewTasks',
    'HighCpu',
    'HighMemory',
    'RequestsWithoutTraces',
    'SpansRefused',
    'DaemonErrors',
  ]);
  expect(metrics).toHaveLength(10);
});

test('the description of each alarm is a sentence and a link to the runbook', () => {
  const options = {
    monthlyTraceBudgetUsd: 10,
    maxFaultTraces: 1,
    runbook: 'https://example.com/r',
  };

  for (const [name, { AlarmDescription }] of Object.entries(propertiesOf(options))) {
    const section = name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
    expect(AlarmDescription).toMatch(
      new RegExp(`^[A-Z][^.]+\\. See https://example\\.com/r#${section}$`),
    );
  }
});

test('the runbook has the section of each alarm', () => {
  const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
  const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  const alarms = Object.values(propertiesOf({ monthlyTraceBudgetUsd: 10, maxFaultTraces: 1 }));

  expect(sections).toEqual(
    expect.arrayContaining(
      alarms.map(({ AlarmDescription }) => String(AlarmDescription).split('docs/runbook.md#')[1]),
    ),
  );
});

test('no alarm has a name that could be taken', () => {
  expect(Object.values(propertiesOf()).filter((alarm) => 'AlarmName' in alarm)).toEqual([]);
});

test('a deployment is rolled back by the alarms of the load balancer, and by the circuit breaker', () => {
  const { stack, alarms } = alarmsWith();
  const [serverErrors, slowResponses] = alarms.map(
    ({ alarmName }) => stack.resolve(alarmName) as unknown,
  );

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: {
      Alarms: { AlarmNames: [serverErrors, slowResponses], Enable: true, Rollback: true },
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      BakeTimeInMinutes: Match.absent(),
    },
  });
});

test('too few tasks are not reported before there are any', () => {
  const resources = Template.fromStack(alarmsWith().stack).toJSON().Resources as Record<
    string,
    Resource & { DependsOn?: string[] }
  >;
  const [serviceId] = Object.entries(resources).find(
    ([, { Type }]) => Type === 'AWS::ECS::Service',
  ) ?? [''];
  const [, tooFewTasks] =
    Object.entries(resources).find(([id]) => nameOf(id) === 'TooFewTasks') ?? [];

  expect(tooFewTasks?.DependsOn).toContain(serviceId);
});

test('goes to the topic when it begins and when it ends, if there is one', () => {
  const topic = sns.Topic.fromTopicArn(
    testStack(),
    'Topic',
    'arn:aws:sns:us-east-1:123456789012:alarms',
  );
  const alarms = Object.values(propertiesOf({ topic }));
  const actions = { AlarmActions: [topic.topicArn], OKActions: [topic.topicArn] };

  expect(alarms).toEqual(alarms.map(() => expect.objectContaining(actions) as unknown));
  for (const properties of Object.values(propertiesOf())) {
    expect(properties).not.toHaveProperty('AlarmActions');
  }
});

test('nothing is said of missing traces where nothing is sampled', () => {
  const alarms = propertiesOf({ fixedRate: 0, reservoirSize: 0 });

  expect(alarms).not.toHaveProperty('RequestsWithoutTraces');
  expect(alarms).toHaveProperty('SpansRefused');
});

test('the thresholds are those that are given', () => {
  const alarms = propertiesOf({
    minTasks: 3,
    maxErrorPercent: 1,
    maxLatencySeconds: 0.5,
    maxFaultTraces: 7,
    monthlyTraceBudgetUsd: 365 / 12,
    usdPerMillionTraces: 6,
    fixedRate: 0.01,
    reservoirSize: 0,
  });
  const thresholds = Object.entries(alarms).map(([name, { Threshold }]) => [name, Threshold]);

  expect(Object.fromEntries(thresholds)).toMatchObject({
    TooFewTasks: 3,
    ServerErrors: 1,
    SlowResponses: 0.5,
    FaultTraces: 7,
    TraceBudget: 166_666,
  });
  expect(JSON.stringify(alarms.RequestsWithoutTraces)).toContain('> 1375 AND');
  expect(alarms.TooFewTasks?.AlarmDescription).toContain('Fewer than 3 healthy tasks');
});

test.each<[Options, string]>([
  [{ minTasks: 0 }, '`minTasks` must be a whole number, 1 or more, got: 0'],
  [{ maxErrorPercent: 101 }, '`maxErrorPercent` must be a finite number from 0 to 100, got: 101'],
  [{ maxLatencySeconds: 0 }, '`maxLatencySeconds` must be a finite number, 0.001 or more, got: 0'],
  [{ maxFaultTraces: -1 }, '`maxFaultTraces` must be a finite number, 0 or more, got: -1'],
  [
    { monthlyTraceBudgetUsd: -1 },
    '`monthlyTraceBudgetUsd` must be a finite number, 0 or more, got: -1',
  ],
  [{ fixedRate: 2 }, '`fixedRate` must be a finite number from 0 to 1, got: 2'],
])('fails with %j', (options, message) => {
  expect(() => alarmsWith(options)).toThrow(message);
});

test('fails with a rate that is only known at deployment', () => {
  const rate = new CfnParameter(testService().stack, 'Rate', { type: 'Number' });

  expect(() => alarmsWith({ fixedRate: rate.valueAsNumber })).toThrow('must be known at synth');
});

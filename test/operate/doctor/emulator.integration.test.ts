import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import type { Clients } from '../../../operate/doctor/clients';
import { Deployment } from '../../../operate/doctor/deployment';
import { diagnose, type Diagnosis } from '../../../operate/doctor/diagnosis';
import { Emulator } from '../../../rehearsal/emulator/emulator';
import { emulatedStack } from '../emulated-stack';

const STACK = 'CruddurTracing';

let emulator: Emulator;
let clients: Clients;

beforeAll(async () => {
  emulator = await Emulator.start();
  clients = await emulatedStack(emulator, STACK);
}, 300_000);

afterAll(() => emulator.stop());

test('the doctor reads a stack that an emulator of AWS has made of the template', async () => {
  const diagnoses = await diagnose(clients, STACK);

  expect(findings(diagnoses)).toMatchObject({
    stack: [true, 'CruddurTracing is CREATE_COMPLETE'],
    service: [expect.any(Boolean), expect.stringMatching(/^\d of \d tasks are running/)],
    'stopped-tasks': [true, 'no task failed'],
    'key-stored': [true, expect.stringMatching(/HONEYCOMB_API_KEY is a String of version 1/)],
    // the emulator skips X-Ray's resources
    group: [false, expect.stringContaining("the stack's groups: none")],
    'daemon-log': [true, 'nothing in the last hour'],
    'application-log': [true, 'nothing in the last hour'],
    traces: [false, expect.stringContaining('0 requests and 0 traces')],
  });
});

test('it finds the error that the daemon logged, and what CloudWatch counted', async () => {
  const deployment = await Deployment.find(clients, STACK);
  const logGroupName = deployment?.idOf('AWS::Logs::LogGroup');
  const logStreamName = 'xray-daemon/xray-daemon/0123';
  const message = '[Error] Sending segment batch failed with: ExpiredTokenException';
  const stream = { logGroupName, logStreamName };
  await clients.logs.send(new CreateLogStreamCommand(stream));
  await clients.logs.send(
    new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message }] }),
  );
  await count('AWS/ApplicationELB', 'RequestCount', 'LoadBalancer', loadBalancerOf(deployment), 40);

  const found = findings(await diagnose(clients, STACK));

  expect(found['daemon-log']).toEqual([false, expect.stringContaining('ExpiredTokenException')]);
  expect(found.quota).toEqual([true, expect.stringContaining('at most 0.0 traces a second')]);
});

test('it finds that the key is gone', async () => {
  const deployment = await Deployment.find(clients, STACK);
  await clients.ssm.send(new DeleteParameterCommand({ Name: await deployment?.keyParameter() }));

  const found = findings(await diagnose(clients, STACK));

  expect(found['key-stored']).toEqual([false, expect.stringContaining('holds no key yet')]);
});

async function count(
  Namespace: string,
  MetricName: string,
  Name: string,
  Value: string | undefined,
  value: number,
): Promise<void> {
  const Timestamp = new Date(Date.now() - 600_000);
  const datum = { MetricName, Value: value, Timestamp, Dimensions: [{ Name, Value }] };
  await clients.cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: [datum] }));
}

function findings(diagnoses: readonly Diagnosis[]): Record<string, unknown> {
  return Object.fromEntries(diagnoses.map(({ id, finding }) => [id, [finding?.ok, finding?.seen]]));
}

function loadBalancerOf(deployment: Deployment | undefined): string | undefined {
  return deployment?.idOf('AWS::ElasticLoadBalancingV2::LoadBalancer').split(':loadbalancer/')[1];
}

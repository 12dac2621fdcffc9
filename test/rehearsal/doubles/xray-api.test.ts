import {
  GetSamplingRulesCommand,
  GetSamplingTargetsCommand,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { XRayApi } from '../../../rehearsal/doubles/xray-api';
import type { Statement } from '../../../rehearsal/template/iam';
import { freePorts } from '../../../rehearsal/testbed/ports';
import { DEFAULT_RULE } from '../../../rehearsal/xray/sampling-rule';

const RULE = {
  ...DEFAULT_RULE,
  RuleName: 'Cruddur',
  Priority: 9000,
  FixedRate: 0.1,
  ReservoirSize: 5,
};
const CLIENT_A = 'a'.repeat(24);
const CLIENT_B = 'b'.repeat(24);

let api: XRayApi;
let client: XRayClient;

async function start(
  statements: Statement[] = [{ effect: 'Allow', actions: ['xray:*'], resources: ['*'] }],
) {
  const [port = 0] = await freePorts(1);
  const region = 'ap-southeast-2';
  api = new XRayApi({ port, rules: [RULE], statements, region, accessKeyId: 'AKID' });
  await api.up();
  client = clientIn(region);
}

function clientIn(region: string, systemClockOffset = 0): XRayClient {
  return new XRayClient({
    region,
    endpoint: `http://127.0.0.1:${api.port}`,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
    systemClockOffset,
  });
}

afterEach(async () => {
  client.destroy();
  await api.down();
});

function statistics(ClientID: string, RuleName = 'Cruddur') {
  const counts = { RequestCount: 100, SampledCount: 10, BorrowCount: 1 };
  return { RuleName, ClientID, Timestamp: new Date(), ...counts };
}

function segment(change: object = {}): string {
  const now = Date.now() / 1000;
  const trace_id = `1-${Math.floor(now).toString(16)}-${'0'.repeat(24)}`;
  const times = { start_time: now - 1, end_time: now };
  return JSON.stringify({
    name: 'backend-flask',
    id: '0123456789abcdef',
    trace_id,
    ...times,
    ...change,
  });
}

test("AWS's own SDK reads the sampling rules", async () => {
  await start();

  const { SamplingRuleRecords } = await client.send(new GetSamplingRulesCommand({}));

  expect(SamplingRuleRecords?.map(({ SamplingRule }) => SamplingRule)).toEqual([
    expect.objectContaining(RULE),
    expect.objectContaining(DEFAULT_RULE),
  ]);
  expect(SamplingRuleRecords?.[0]?.ModifiedAt).toBeInstanceOf(Date);
  expect(api.rulesFetchedAt).toBeGreaterThan(0);
});

test("AWS's own SDK reads the sampling targets, and the reservoir is shared by all clients", async () => {
  await start();
  const report = (id: string) =>
    client.send(new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [statistics(id)] }));

  const alone = await report(CLIENT_A);
  await report(CLIENT_B);
  const shared = [await report(CLIENT_A), await report(CLIENT_B)];

  expect(alone.SamplingTargetDocuments).toEqual([
    {
      RuleName: 'Cruddur',
      FixedRate: 0.1,
      ReservoirQuota: 5,
      ReservoirQuotaTTL: expect.any(Date) as Date,
      Interval: 10,
    },
  ]);
  expect(
    shared.map(({ SamplingTargetDocuments }) => SamplingTargetDocuments?.[0]?.ReservoirQuota),
  ).toEqual([3, 2]);
  expect(alone.LastRuleModification).toBeInstanceOf(Date);
});

test('returns the statistics of an unknown rule as unprocessed', async () => {
  await start();

  const answer = await client.send(
    new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [statistics(CLIENT_A, 'Gone')] }),
  );

  expect(answer.SamplingTargetDocuments).toEqual([]);
  expect(answer.UnprocessedStatistics).toEqual([expect.objectContaining({ RuleName: 'Gone' })]);
});

test('accepts segments, and returns those it does not accept', async () => {
  await start();

  const answer = await client.send(
    new PutTraceSegmentsCommand({ TraceSegmentDocuments: [segment(), segment({ name: 'a?b' })] }),
  );

  expect(api.segments).toHaveLength(1);
  expect(answer.UnprocessedTraceSegments).toHaveLength(1);
  expect(api.problems).toEqual([expect.stringContaining('characters that X-Ray keeps')]);
});

test('accepts a segment in progress and then complete, and reports one that is sent twice', async () => {
  await start();
  const put = (...documents: string[]) =>
    client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }));
  const complete = segment();
  const begun = { ...(JSON.parse(complete) as object), end_time: undefined, in_progress: true };

  await put(JSON.stringify(begun), complete);
  expect(api.problems).toEqual([]);

  await put(complete);
  expect(api.problems).toEqual([expect.stringContaining('sent twice')]);
});

test('keeps a batch once that the daemon sends again', async () => {
  await start();
  const command = () => new PutTraceSegmentsCommand({ TraceSegmentDocuments: [again, other] });
  const [again, other] = [segment(), segment({ id: 'b'.repeat(16) })];

  await client.send(command());
  await client.send(command());

  expect(api.segments).toHaveLength(2);
  expect(api.problems).toEqual([]);
});

test('fails for more than 50 documents in a call', async () => {
  await start();
  const documents = Array.from({ length: 51 }, () => segment());

  await expect(
    client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents })),
  ).rejects.toThrow('TraceSegmentDocuments');
});

test('can throttle, and can leave all segments unprocessed', async () => {
  await start();
  const put = () =>
    client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [segment()] }));

  api.behavior = 'throttling';
  await expect(put()).rejects.toMatchObject({ name: 'ThrottledException' });

  api.behavior = 'unprocessing';
  expect((await put()).UnprocessedTraceSegments).toHaveLength(1);
  expect(api.segments).toEqual([]);
});

test('accepts telemetry records', async () => {
  await start();

  await client.send(
    new PutTelemetryRecordsCommand({
      TelemetryRecords: [{ Timestamp: new Date(), SegmentsReceivedCount: 1 }],
    }),
  );

  expect(api.calls).toEqual([
    expect.objectContaining({ action: 'xray:PutTelemetryRecords', status: 200 }),
  ]);
});

test.each([
  ['no statement', []],
  [
    'a Deny',
    [
      { effect: 'Allow', actions: ['xray:*'], resources: ['*'] },
      { effect: 'Deny', actions: ['xray:Get*'], resources: ['*'] },
    ],
  ],
] as [string, Statement[]][])(
  'fails with AccessDenied for a role with %s',
  async (_, statements) => {
    await start(statements);

    await expect(client.send(new GetSamplingRulesCommand({}))).rejects.toThrow(
      'the task role is not authorized to perform xray:GetSamplingRules',
    );
  },
);

test('fails for a call that is signed for another region', async () => {
  await start();

  await expect(clientIn('us-east-1').send(new GetSamplingRulesCommand({}))).rejects.toThrow(
    'us-east-1/xray/aws4_request, expected AKID',
  );
});

test('fails for a call that was signed more than 15 minutes ago', async () => {
  await start();
  const slow = clientIn('ap-southeast-2', -16 * 60_000);

  await expect(slow.send(new GetSamplingRulesCommand({}))).rejects.toThrow('not within 15 minutes');
});

test('fails for another method', async () => {
  await start();

  const response = await fetch(`http://127.0.0.1:${api.port}/GetSamplingRules`);

  expect(response.status).toBe(404);
  expect(api.problems.join()).toContain('GET /GetSamplingRules');
});

test('fails for a call without a signature', async () => {
  await start();

  const response = await fetch(`http://127.0.0.1:${api.port}/GetSamplingRules`, { method: 'POST' });

  expect(response.status).toBe(403);
});

test('fails for a path that X-Ray does not have', async () => {
  await start();

  const response = await fetch(`http://127.0.0.1:${api.port}/GetGroups`, { method: 'POST' });

  expect(response.status).toBe(404);
  expect(api.problems.join()).toContain('/GetGroups');
});

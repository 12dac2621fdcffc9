import { CHECKS } from '../../../rehearsal/checks/checks';
import type { Segment } from '../../../rehearsal/doubles/segment';
import { routeTo } from '../../../rehearsal/service/service-file';
import type { Exchange } from '../../../rehearsal/traffic/exchange';
import { emptyRun } from '../fixture';

const TRACE_ID = '1-58406520-a006649127e371903a2de979';

const EXCHANGE: Exchange = {
  kind: 'plain',
  phase: 'steady',
  route: routeTo('/orders'),
  host: 'shop.example',
  scheme: 'https',
  sentAt: 100.1,
  doneAt: 100.2,
  status: 503,
  traceId: TRACE_ID,
  untrustedIds: [],
};

const SEGMENT: Segment = {
  ...{ id: 'a', name: 'shop', trace_id: TRACE_ID, start_time: 100, end_time: 101 },
  ...{ in_progress: false, annotations: {}, fault: true },
  http: { request: { url: 'https://shop.example/orders' }, response: { status: 503 } },
};

function outcomeOf(
  id: string,
  { exchange = {}, segment = {}, sampledCount = 1, log = [] as string[] } = {},
): string | undefined {
  const { application, xray } = emptyRun();
  const report = { RuleName: 'Cruddur', ClientID: 'a', Timestamp: 100, RequestCount: 1 };
  const run = emptyRun({
    application: { ...application, log },
    exchanges: [{ ...EXCHANGE, ...exchange }],
    xray: {
      ...xray,
      segments: [{ ...SEGMENT, ...segment }],
      statistics: [{ ...report, SampledCount: sampledCount }],
    },
  });
  return CHECKS.find((check) => check.id === id)?.evaluate(run).outcome;
}

test('a 5xx must be a fault, a 4xx an error, and a response that breaks off a fault', () => {
  const error = { fault: false, error: true };

  expect(outcomeOf('failures-marked')).toBe('passed');
  expect(outcomeOf('failures-marked', { segment: error })).toBe('failed');
  expect(outcomeOf('failures-marked', { exchange: { status: 404 }, segment: error })).toBe(
    'passed',
  );
  expect(outcomeOf('failures-marked', { exchange: { status: 404 } })).toBe('failed');
  const cut = { status: 200, error: 'aborted' };
  expect(outcomeOf('failures-marked', { exchange: cut, segment: error })).toBe('failed');
  expect(outcomeOf('failures-marked', { exchange: { status: 200 } })).toBe('not evaluated');
});

test.each([
  ['a run without spans', [], 'failed'],
  ['a run whose spans have other IDs', ['0'.repeat(32)], 'not evaluated'],
  ['a run whose spans have the IDs', [TRACE_ID.slice(2).replace('-', '')], 'passed'],
])('no span is lost in the shutdown: %s', (_, traceIds, outcome) => {
  const { honeycomb } = emptyRun();
  const exchanges = (['steady', 'stop'] as const).map((phase) => ({ ...EXCHANGE, phase }));
  const spans = traceIds.map((traceId) => ({
    ...{ traceId, spanId: 'a', parentSpanId: '', name: 'GET', kind: 2, start: 0, end: 1 },
    ...{ error: false, attributes: {}, resource: {} },
  }));
  const run = emptyRun({ exchanges, honeycomb: { ...honeycomb, spans } });
  const check = CHECKS.find(({ id }) => id === 'stop-flushes');

  expect(check?.evaluate(run).outcome).toBe(outcome);
});

test.each([
  [{ code: 0, signal: null }, 'passed', 'code 0 after'],
  [{ code: 143, signal: null }, 'passed', 'code 143 after'],
  [{ code: 1, signal: null }, 'failed', 'code 1 after'],
  [{ code: null, signal: 'SIGTERM' }, 'failed', 'a shell got the signal'],
] as const)('an application that exits with %j', (exit, outcome, figure) => {
  const { application } = emptyRun();
  const exchanges = [{ ...EXCHANGE, phase: 'stop' as const }];
  const run = emptyRun({ application: { ...application, exit }, exchanges });
  const result = CHECKS.find(({ id }) => id === 'stop-answers')?.evaluate(run);

  expect(result?.outcome).toBe(outcome);
  expect(result?.figure()).toContain(figure);
});

test('the recorded URL has the scheme and the host of the client', () => {
  expect(outcomeOf('url-recorded')).toBe('passed');
  expect(outcomeOf('url-recorded', { exchange: { scheme: 'http' } })).toBe('failed');
  expect(outcomeOf('url-recorded', { exchange: { host: '10.0.0.5' } })).toBe('failed');
});

test('more cannot be reported as recorded than was requested', () => {
  expect(outcomeOf('sampling-reported')).toBe('passed');
  expect(outcomeOf('sampling-reported', { sampledCount: 2 })).toBe('failed');
});

test('an error in the log is that of a request that must fail, or a mistake', () => {
  const log = ['{"level": "ERROR"}'];

  expect(outcomeOf('logs-quiet', { log })).toBe('passed');
  expect(outcomeOf('logs-quiet', { log, exchange: { status: 200 } })).toBe('failed');
  expect(
    outcomeOf('logs-quiet', {
      log: ['[Error] Get instance id metadata failed: 403'],
      exchange: { status: 200 },
    }),
  ).toBe('passed');
  expect(outcomeOf('logs-quiet', { log: ['{"end_time": 1, "parent_id": null}'] })).toBe('failed');
});

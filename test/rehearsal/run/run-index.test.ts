import { CHECKS } from '../../../rehearsal/checks/checks';
import type { Exchange } from '../../../rehearsal/traffic/exchange';
import { routeTo } from '../../../rehearsal/service/service-file';
import { emptyRun } from '../fixture';

const TRACE_ID = '1-58406520-a006649127e371903a2de979';

function exchange(change: Partial<Exchange> = {}): Exchange {
  const times = { sentAt: 100.1, doneAt: 100.2 };
  const sent = { route: routeTo('/home'), host: 'a.example', scheme: 'http' } as const;
  const home = { ...sent, kind: 'plain', phase: 'steady', status: 200, traceId: TRACE_ID } as const;
  return { ...home, ...times, untrustedIds: [], ...change };
}

const SPAN = {
  traceId: '58406520a006649127e371903a2de979',
  spanId: 'a',
  parentSpanId: '',
  name: 'GET /home',
  kind: 2,
  start: 100,
  end: 101,
  error: false,
  attributes: {},
  resource: {},
};

test('a request must be traced if it got a response and is not a health check', () => {
  const traced = exchange({ phase: 'stop' });
  const steady = exchange();
  const { status, ...lost } = exchange();
  const run = emptyRun({ exchanges: [traced, steady, lost, exchange({ kind: 'health' })] });

  expect(status).toBe(200);
  expect(run.tracedRequests).toEqual([traced, steady]);
  expect(run.steadyRequests).toEqual([steady]);
});

test("finds the spans of a trace by its ID in X-Ray's form", () => {
  const child = { ...SPAN, spanId: 'b', parentSpanId: 'a', kind: 1 };
  const run = emptyRun({
    honeycomb: {
      spans: [SPAN, child],
      keys: new Map(),
      problems: [],
      origins: new Set(),
    },
  });

  expect(run.spansByTrace.get(TRACE_ID)).toEqual([SPAN, child]);
  expect(run.serverSpansByTrace.get(TRACE_ID)).toEqual([SPAN]);
});

test('a request is recorded if X-Ray received a segment of its trace', () => {
  const times = { start_time: 100, end_time: 101, in_progress: false };
  const segment = { ...times, trace_id: TRACE_ID, id: 'a', name: 'a', annotations: {} };
  const xray = {
    segments: [segment],
    calls: [],
    quotas: [],
    statistics: [],
    problems: [],
    bodies: [],
  };
  const { isRecorded } = emptyRun({ xray });

  expect(isRecorded(exchange())).toBe(true);
  expect(isRecorded(exchange({ traceId: TRACE_ID.replace('1-5', '1-6') }))).toBe(false);
});

test('counts the requests of each rule, and what its reservoir can have recorded', () => {
  const run = emptyRun({ exchanges: Array.from({ length: 9 }, () => exchange()) });

  expect(run.sampled).toMatchObject([
    { rule: { RuleName: 'Cruddur' }, fromReservoir: { atLeast: 1, atMost: 1 }, recorded: 0 },
  ]);
  expect(run.sampled[0]?.requests).toHaveLength(9);
  // the first request of a second is recorded
  expect(run.nothingRecorded).toBeUndefined();
});

test('states why nothing was recorded, if the rules allow that', () => {
  const quota = { rule: 'Cruddur', client: 'a', perSecond: 0, givenAt: 90, expiresAt: 110 };
  const { xray } = emptyRun();
  const run = emptyRun({ exchanges: [exchange()], xray: { ...xray, quotas: [quota] } });

  expect(run.nothingRecorded).toContain('none of 1 requests');
  const outcomes = ['sampling-rate', 'same-id', 'xray-service'].map(
    (id) => CHECKS.find((check) => check.id === id)?.evaluate(run).outcome,
  );
  expect(outcomes).toEqual(Array(3).fill('not evaluated'));
});

import type { Exchange } from '../../../rehearsal/traffic/exchange';
import { emptyRun } from '../fixture';

const TRACE_ID = '1-58406520-a006649127e371903a2de979';

function exchange(change: Partial<Exchange> = {}): Exchange {
  const times = { sentAt: 100.1, doneAt: 100.2 };
  const home = { kind: 'home', phase: 'steady', status: 200, traceId: TRACE_ID } as const;
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
    subsegments: [],
    calls: [],
    quotas: [],
    problems: [],
    bodies: [],
  };
  const { isRecorded } = emptyRun({ xray });

  expect(isRecorded(exchange())).toBe(true);
  expect(isRecorded(exchange({ traceId: TRACE_ID.replace('1-5', '1-6') }))).toBe(false);
});

test('the reservoir of the rule for the home route counts', () => {
  const run = emptyRun({ exchanges: Array.from({ length: 9 }, () => exchange()) });

  expect(run.homeRule.RuleName).toBe('Cruddur');
  expect(run.fromReservoir).toEqual({ atLeast: 1, atMost: 1 });
});

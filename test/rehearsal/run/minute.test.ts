import type { Segment } from '../../../rehearsal/doubles/segment';
import { minuteOf } from '../../../rehearsal/run/minute';
import { routeTo } from '../../../rehearsal/service/service-file';
import type { Exchange } from '../../../rehearsal/traffic/exchange';
import { emptyRun } from '../fixture';

const SENT = { host: 'a.example', scheme: 'http', untrustedIds: [], sentAt: 100 } as const;

function exchange(change: Partial<Exchange> = {}): Exchange {
  const home = { kind: 'plain', phase: 'steady', route: routeTo('/home'), status: 200 } as const;
  return { ...SENT, ...home, doneAt: 100.5, ...change };
}

const minute = (exchanges: readonly Exchange[], segments: readonly Segment[] = []) =>
  minuteOf({
    ...{ plan: emptyRun({}).plan, exchanges, segments },
    ...{ lines: { app: ['a'] }, vCpus: 0.125, memoryMiB: 128 },
  });

test('requests are counted without health checks, which are counted apart', () => {
  const { requests, latencies, healthChecks } = minute([
    exchange(),
    exchange({ kind: 'health' }),
    exchange({ kind: 'health', status: 503 }),
    exchange({ kind: 'health', doneAt: 106 }),
  ]);

  expect({ requests, latencies, healthChecks }).toEqual({
    requests: 1,
    latencies: [0.5],
    healthChecks: [1, 0, 0],
  });
});

test('a response of 500 or above is an error, unless its route has to fail', () => {
  const route = { ...routeTo('/fails'), status: 503 };

  expect(
    minute([
      exchange({ status: 500 }),
      exchange({ status: 499 }),
      exchange({ route, status: 503 }),
      exchange({ route, status: 500 }),
    ]).errors,
  ).toBe(2);
});

test('CPU and memory are percent of what the task has', () => {
  const { cpuPercent, memoryPercent } = minute([]);

  expect([cpuPercent, memoryPercent]).toEqual([50, 25]);
});

test('a trace counts once in each group that selects it, however many segments it has', () => {
  const segment = (trace: string, name: string): Segment => ({
    ...{ trace_id: trace, id: trace, name, start_time: 1, end_time: 2 },
    ...{ in_progress: false, annotations: {} },
  });
  const { traces } = minute(
    [],
    [segment('a', 'backend-flask'), segment('a', 'backend-flask'), segment('b', 'other')],
  );

  expect(traces).toEqual({ Cruddur: 1 });
});

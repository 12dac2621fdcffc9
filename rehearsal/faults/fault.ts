import { setTimeout as sleep } from 'node:timers/promises';
import type { Minute } from '../alarms/minute';
import { evaluate, type Result } from '../results/result';
import { number } from '../results/prose';
import { noneWrong, outOf, tally } from '../results/tally';
import { minuteOf } from '../run/minute';
import { groupBy } from '../run/run-index';
import type { TestBed } from '../testbed/test-bed';
import { percentile, succeeded } from '../traffic/exchange';
import { startTask } from '../traffic/start';

const RATE = 40;
/** Longer than the 5 s between exports, so that at least one export meets the fault. */
export const FAULT_SECONDS = 6;
/** Longer than the 10 s for which an export is tried again, so that spans are lost. */
export const OUTAGE_SECONDS = 14;
/** Time for telemetry to recover. An export without a response ends after 10 s. */
const RECOVERY_SECONDS = 30;
/** The latency may double, plus a margin for a machine that does other work too. */
const LATENCY_FACTOR = 2;
const LATENCY_MARGIN_MS = 250;

/**
 * A failure around the application that must not harm it.
 */
export interface Fault {
  readonly id: string;
  readonly description: string;
  /** Whether the task starts without the daemon. */
  readonly withoutDaemon?: boolean;
  /** @default FAULT_SECONDS */
  readonly seconds?: number;
  /** Whether it is over before an operator could do anything, so that no alarm has to fire. */
  readonly isBrief?: boolean;
  /** Whether it holds requests up, because it is in the application itself. */
  readonly delaysRequests?: boolean;
  /** Returns what the secret holds instead of the key. */
  readonly key?: (key: string) => string;
  readonly inject?: (testBed: TestBed) => Promise<void> | void;
  readonly remove?: (testBed: TestBed) => Promise<void> | void;
  /** Whether telemetry has arrived for a request that started after `since`, in epoch seconds. */
  readonly hasRecovered: (testBed: TestBed, since: number) => boolean;
}

/**
 * Runs the task under traffic with a fault, and without it again. The minute is that of the fault.
 *
 * @param healthyP99Ms the 99th percentile of the latency without a fault
 */
export async function evaluateFault(
  fault: Fault,
  testBed: TestBed,
  healthyP99Ms: number,
): Promise<{ result: Result; minute: Minute }> {
  const { props, task, xray } = testBed;
  const client = await startTask(testBed, fault.withoutDaemon ? props.plan.daemon : undefined);
  const from = Date.now() / 1000;
  const { seconds = FAULT_SECONDS } = fault;
  const traffic = client.steady('fault', RATE, seconds);
  await fault.inject?.(testBed);
  const healthCheck = client.send('health', 'fault');
  await (fault.delaysRequests ? sleep(seconds * 1000) : traffic);
  await fault.remove?.(testBed);
  await Promise.all([traffic, healthCheck]);

  const since = Date.now() / 1000;
  const hasRecovered = () => fault.hasRecovered(testBed, since);
  while (!hasRecovered() && Date.now() / 1000 < since + RECOVERY_SECONDS) {
    await client.steady('recovery', RATE, 1);
  }
  const recoverySeconds = hasRecovered() ? Date.now() / 1000 - since : null;

  const requests = client.exchanges.filter(({ kind }) => kind !== 'health');
  const during = requests.filter(({ phase }) => phase === 'fault');
  const key = props.key.trim();
  const runs = groupBy(task.runs, ({ container }) => container.Name);
  const lines = Object.fromEntries(
    [...runs].map(([name, of]) => [name, of.flatMap(({ process }) => process.log)]),
  );
  const measured = {
    requests: tally(requests, succeeded, ({ status, error }) => String(status ?? error)),
    p99Ms: percentile(during, 0.99),
    limitMs: LATENCY_FACTOR * healthyP99Ms + LATENCY_MARGIN_MS,
    recoverySeconds,
    keyInLog:
      key !== '' &&
      Object.values(lines)
        .flat()
        .some((line) => line.includes(key)),
  };
  const minute = minuteOf({
    plan: props.plan,
    exchanges: client.exchanges.filter(({ phase }) => phase === 'fault'),
    segments: xray.segments.filter(({ start_time }) => start_time >= from && start_time < since),
    lines,
    vCpus: sum(task.runs.map(({ meter }) => meter.averageVCpus(from, since))),
    memoryMiB: sum(task.runs.map(({ meter }) => meter.peakMemoryMiB)),
  });
  const result = evaluate(
    {
      passes: (data) =>
        noneWrong(data.requests) &&
        (fault.delaysRequests === true || data.p99Ms <= data.limitMs) &&
        data.recoverySeconds !== null &&
        !data.keyInLog,
      figure: (data) =>
        `${outOf(data.requests, 'requests answered correctly')}, 99% of them within ${number(data.p99Ms)} ms${fault.delaysRequests ? '' : ` (${number(data.limitMs)} ms allowed)`}; ` +
        (data.recoverySeconds === null
          ? `no trace arrived within ${RECOVERY_SECONDS} s of the fault`
          : fault.remove
            ? `traces arrived again after ${number(data.recoverySeconds, 1)} s`
            : 'traces arrived in the other backend while it lasted') +
        (data.keyInLog ? '; the key is in a log' : ''),
    },
    measured,
  );
  return { result, minute };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function honeycombReceivesSpans({ honeycomb }: TestBed, since: number): boolean {
  return honeycomb.spans.some(({ start }) => start > since);
}

export function xrayReceivesSegments({ xray }: TestBed, since: number): boolean {
  return xray.segments.some(({ start_time }) => start_time > since);
}

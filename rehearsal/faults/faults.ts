import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from '../traffic/run';
import type { Verdict } from '../checks/promises';
import type { Stage } from '../testbed/test-bed';
import { succeeded, type Exchange } from '../traffic/traffic';

const RATE = 40;
/** Longer than the 5 s after which spans are exported at the latest, so that an export meets the fault. */
const FAULT_SECONDS = 6;
/** How long telemetry may take to come back; an export that hangs gives up after 10 s. */
const BACK_SECONDS = 30;
/** Latency may double, and this is added for the noise of a machine that does other work too. */
const LATENCY_FACTOR = 2;
const LATENCY_FLOOR_MS = 250;

/**
 * Something that goes wrong around the application, and must not harm it.
 */
export interface Fault {
  readonly id: string;
  readonly claim: string;
  /** What the secret holds instead of the key. */
  readonly key?: (key: string) => string;
  readonly play: (stage: Stage, healthy: Evidence) => Promise<Verdict>;
}

/**
 * All faults. To add one, add an entry.
 */
export const FAULTS: readonly Fault[] = [
  {
    id: 'daemon-absent',
    claim: 'The daemon is absent',
    play: (stage, healthy) => play(stage, healthy, { without: 'daemon', back: honeycombGetsSpans }),
  },
  {
    id: 'daemon-killed',
    claim: 'The daemon is killed under load, and ECS restarts it',
    play: (stage, healthy) =>
      play(stage, healthy, {
        begin: async ({ props, task }) => {
          await sleep(1000);
          task.run(props.plan.daemon)?.process.killGroup();
        },
        end: ({ props, task }) => {
          if (props.plan.daemon.RestartPolicy.Enabled) {
            task.startContainer(props.plan.daemon);
          }
        },
        back: xrayGetsSegments,
      }),
  },
  {
    id: 'daemon-late',
    claim: `The daemon is late by ${FAULT_SECONDS} s`,
    play: (stage, healthy) =>
      play(stage, healthy, {
        without: 'daemon',
        end: ({ props, task }) => {
          task.startContainer(props.plan.daemon);
        },
        back: templateRulesDecide,
      }),
  },
  {
    id: 'honeycomb-down',
    claim: 'Honeycomb is down',
    play: (stage, healthy) =>
      play(stage, healthy, {
        begin: ({ honeycomb }) => honeycomb.down(),
        end: ({ honeycomb }) => honeycomb.up(),
        back: honeycombGetsSpans,
      }),
  },
  {
    id: 'honeycomb-silent',
    claim: 'Honeycomb takes connections and never answers',
    play: (stage, healthy) => play(stage, healthy, mood('silent')),
  },
  {
    id: 'honeycomb-unauthorized',
    claim: 'Honeycomb answers 401',
    play: (stage, healthy) => play(stage, healthy, mood('unauthorized')),
  },
  {
    id: 'key-malformed',
    claim: 'The key ends in a line break',
    key: (key) => `${key}\n`,
    play: (stage, healthy) => play(stage, healthy, { back: xrayGetsSegments }),
  },
  {
    id: 'key-missing',
    claim: 'The key is empty',
    key: () => '',
    play: (stage, healthy) => play(stage, healthy, { back: xrayGetsSegments }),
  },
];

interface Course {
  readonly without?: 'daemon';
  readonly begin?: (stage: Stage) => Promise<unknown>;
  readonly end?: (stage: Stage) => unknown;
  /** Whether telemetry of requests that were sent after the fault has come. */
  readonly back: (stage: Stage, since: number) => boolean;
}

async function play(stage: Stage, healthy: Evidence, course: Course): Promise<Verdict> {
  const { client, props, task } = stage;
  await stage.start(course.without && props.plan.daemon);
  await Promise.all([
    client.steady('fault', RATE, FAULT_SECONDS),
    course.begin?.(stage) ?? Promise.resolve(),
  ]);
  await course.end?.(stage);

  const since = Date.now() / 1000;
  const isBack = () => course.back(stage, since);
  while (!isBack() && Date.now() / 1000 < since + BACK_SECONDS) {
    await client.steady('after', RATE, 1);
  }
  const backSeconds = Date.now() / 1000 - since;

  const requests = client.exchanges.filter(({ kind }) => kind !== 'health');
  const failed = requests.filter((exchange) => !succeeded(exchange));
  const latency = percentile(
    requests.filter(({ phase }) => phase === 'fault'),
    0.99,
  );
  const usual = percentile(
    healthy.exchanges.filter(({ phase }) => phase === 'counted'),
    0.99,
  );
  const bound = LATENCY_FACTOR * usual + LATENCY_FLOOR_MS;
  const shown = task.runs.some(({ process }) =>
    process.log.some((line) => props.key !== '' && line.includes(props.key.trim())),
  );
  return {
    kept: failed.length === 0 && latency <= bound && isBack() && !shown,
    figure: `${failed.length} of ${requests.length} requests failed, 99 % within ${latency.toFixed(0)} ms, traces ${isBack() ? `after ${backSeconds.toFixed(1)} s` : 'did not come back'}${shown ? ', the key is in a log' : ''}`,
    against: `0 failed, ${bound.toFixed(0)} ms (${LATENCY_FACTOR} x ${usual.toFixed(0)} + ${LATENCY_FLOOR_MS}), within ${BACK_SECONDS} s`,
  };
}

function mood(bad: 'silent' | 'unauthorized'): Course {
  return {
    begin: ({ honeycomb }) => {
      honeycomb.mood = bad;
      return Promise.resolve();
    },
    end: ({ honeycomb }) => {
      honeycomb.mood = 'well';
    },
    back: honeycombGetsSpans,
  };
}

function honeycombGetsSpans({ honeycomb }: Stage, since: number): boolean {
  return honeycomb.spans.some(({ start }) => start > since);
}

function xrayGetsSegments({ xray }: Stage, since: number): boolean {
  return xray.segments.some(({ start_time }) => start_time > since);
}

function templateRulesDecide({ props, xray }: Stage, since: number): boolean {
  const names = props.plan.rules.map(({ RuleName }) => RuleName);
  return xray.segments.some(
    ({ start_time, aws }) =>
      start_time > since && names.includes(aws?.xray?.sampling_rule_name ?? ''),
  );
}

/** Latency in milliseconds that the given share of the requests does not exceed. */
export function percentile(exchanges: readonly Exchange[], share: number): number {
  const sorted = exchanges
    .map(({ sentAt, doneAt }) => (doneAt - sentAt) * 1000)
    .sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

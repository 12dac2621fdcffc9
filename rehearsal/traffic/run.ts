import { setTimeout as sleep } from 'node:timers/promises';
import type { Segment } from '../doubles/segment';
import type { Span } from '../doubles/otlp';
import type { Quota } from '../checks/sampling';
import type { Call } from '../doubles/xray-api';
import type { Plan } from '../template/plan';
import type { Stage } from '../testbed/test-bed';
import type { Substitution } from '../testbed/substitutions';
import type { Exit } from '../testbed/processes';
import type { Exchange } from './traffic';

/** How long and how hard the application is used. */
export interface Script {
  /** Requests a second; above the reservoir, so that the fixed rate has to decide. */
  readonly rate: number;
  readonly seconds: number;
}

/** The sampler reports twice, and a quota is in force for half of the time. */
export const FULL: Script = { rate: 45, seconds: 22 };
/** Enough requests to tell a wrong sampling rate from chance. */
export const SHORT: Script = { rate: 40, seconds: 6 };

const CONCURRENT = 24;

/** What one container did. */
export interface ContainerRecord {
  readonly name: string;
  readonly log: readonly string[];
  readonly exit: Exit | undefined;
  readonly endedEarly: boolean;
  readonly peakMemoryMiB: number;
  readonly averageCpu: number;
  readonly commandLines: readonly string[];
}

/**
 * Everything that was seen in one run; all promises are judged on it.
 */
export interface Evidence {
  readonly plan: Plan;
  readonly script: Script;
  /** Start and end of the counted traffic, epoch seconds. */
  readonly counted: { readonly from: number; readonly to: number };
  readonly exchanges: readonly Exchange[];
  readonly healthChecks: readonly { readonly code: number; readonly output: string }[];
  readonly stopSeconds: number;
  readonly application: ContainerRecord;
  readonly daemon: ContainerRecord;
  readonly daemonIsReal: boolean;
  readonly segments: readonly Segment[];
  readonly calls: readonly Call[];
  readonly quotas: readonly Quota[];
  readonly xrayProblems: readonly string[];
  readonly xrayBodies: readonly string[];
  readonly spans: readonly Span[];
  readonly honeycombKeys: ReadonlyMap<string, number>;
  readonly honeycombProblems: readonly string[];
  readonly exportOrigins: readonly string[];
  readonly substitutions: readonly Substitution[];
}

/**
 * Runs the task from start to stop under traffic.
 */
export async function perform(
  stage: Stage,
  script: Script,
  progress: (text: string) => void,
): Promise<Evidence> {
  const { client, honeycomb, task, xray } = stage;
  const { plan, daemon } = stage.props;
  const { application } = plan;

  progress('starting the containers');
  await stage.start();

  progress('warming up until the sampling rules are there');
  // until then the SDK decides by rules of its own, which are not what is rehearsed
  const rulesAreIn = () => Date.now() / 1000 > (xray.rulesFetchedAt ?? Infinity) + 1;
  await Promise.all([client.steady('warm-up', 10, 2), stage.until(rulesAreIn, 8)]);

  progress(`sending ${script.rate} requests a second for ${script.seconds} s`);
  const from = Date.now() / 1000;
  const healthChecks: { code: number; output: string }[] = [];
  const sending = { ended: false };
  const checking = (async () => {
    while (!sending.ended) {
      await client.send('health', 'counted');
      healthChecks.push(await task.healthCheck(application));
      await sleep(1500);
    }
  })();
  await client.steady('counted', script.rate, script.seconds);
  sending.ended = true;
  const to = Date.now() / 1000;
  await checking;

  progress(`SIGTERM with ${CONCURRENT} requests in flight`);
  // ECS takes the task out of the load balancer first: no new request comes after SIGTERM
  const early = task.runs.filter(({ process }) => process.exit !== undefined);
  let stopped = false;
  const load = client.saturate('stop', CONCURRENT, () => stopped);
  await sleep(1000);
  stopped = true;
  const stopAt = Date.now();
  await Promise.all([task.stop(), load]);
  const stopSeconds = (Date.now() - stopAt) / 1000;

  const record = (name: string): ContainerRecord => {
    const run = task.runs.filter(({ container }) => container.Name === name).at(-1);
    if (!run) {
      throw new Error(`container ${name} was never started`);
    }
    return {
      name,
      log: run.process.log,
      exit: run.process.exit,
      endedEarly: early.includes(run),
      peakMemoryMiB: run.meter.peakMemoryMiB,
      averageCpu: run.meter.averageCpu(from, to),
      commandLines: [...run.meter.commandLines],
    };
  };
  return {
    plan,
    script,
    counted: { from, to },
    exchanges: client.exchanges,
    healthChecks,
    stopSeconds,
    application: record(application.Name),
    daemon: record(plan.daemon.Name),
    daemonIsReal: daemon.real,
    segments: xray.segments,
    calls: xray.calls,
    quotas: xray.quotas,
    xrayProblems: xray.problems,
    xrayBodies: xray.bodies,
    spans: honeycomb.spans,
    honeycombKeys: honeycomb.keys,
    honeycombProblems: honeycomb.problems,
    exportOrigins: [...stage.substitutions.exportOrigins],
    substitutions: stage.substitutions.list,
  };
}

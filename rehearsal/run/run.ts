import { setTimeout as sleep } from 'node:timers/promises';
import type { TestBed } from '../testbed/test-bed';
import { startTask } from '../traffic/start';
import type { ContainerRecord, RunRecord, Scenario } from './run-record';

/** Long enough for the sampler to report once, and for its quota to be valid. */
export const FULL: Scenario = { rate: 60, seconds: 15 };
/** Enough requests to tell a wrong sampling rate from chance. */
export const SHORT: Scenario = { rate: 40, seconds: 6 };

const IN_FLIGHT = 24;
const HEALTH_CHECK_INTERVAL_MS = 1500;

/**
 * Runs the task from start to stop under traffic.
 */
export async function run(
  testBed: TestBed,
  scenario: Scenario,
  progress: (text: string) => void,
): Promise<RunRecord> {
  const { downstream, honeycomb, props, substitutions, task, xray } = testBed;
  const { application, daemon } = props.plan;

  progress('starting the containers');
  const client = await startTask(testBed);

  progress('warming up until the sampling rules have arrived');
  // until then the SDK decides by rules of its own, which are not the ones under test
  const haveRules = () => Date.now() / 1000 > (xray.rulesFetchedAt ?? Infinity) + 1;
  await Promise.all([client.steady('warm-up', 10, 2), waitUntil(haveRules, 8)]);

  progress(`sending ${scenario.rate} requests a second for ${scenario.seconds} s`);
  const steadyFrom = Date.now() / 1000;
  const healthChecks: { code: number; output: string }[] = [];
  const sending = { ended: false };
  const checking = (async () => {
    while (!sending.ended) {
      await client.send('health', 'steady');
      const health = await task.healthCheck(application);
      healthChecks.push(...(health ? [health] : []));
      await sleep(HEALTH_CHECK_INTERVAL_MS);
    }
  })();
  await client.steady('steady', scenario.rate, scenario.seconds);
  sending.ended = true;
  const steadyTo = Date.now() / 1000;
  await checking;

  progress(`sending SIGTERM with ${IN_FLIGHT} requests in flight`);
  const early = task.runs.filter(({ process }) => process.exit !== undefined);
  let stopped = false;
  const load = client.saturate('stop', IN_FLIGHT, () => stopped);
  await sleep(1000);
  // ECS first deregisters the task from the load balancer: no new request arrives after SIGTERM
  stopped = true;
  const stopAt = Date.now();
  await Promise.all([task.stop(), load]);
  const stopSeconds = (Date.now() - stopAt) / 1000;

  const recordOf = (container: typeof application): ContainerRecord => {
    const last = task.run(container);
    if (!last) {
      throw new Error(`container ${container.Name} was never started`);
    }
    const { process, meter } = last;
    return {
      name: container.Name,
      log: process.log,
      exit: process.exit,
      endedEarly: early.includes(last),
      peakMemoryMiB: meter.peakMemoryMiB,
      averageVCpus: meter.averageVCpus(steadyFrom, steadyTo),
      commandLines: [...meter.commandLines],
      written: task.writes(container),
    };
  };
  return {
    plan: props.plan,
    service: props.service,
    key: props.key,
    scenario,
    steadyFrom,
    exchanges: client.exchanges,
    healthChecks,
    stopSeconds,
    application: recordOf(application),
    daemon: recordOf(daemon),
    daemonIsReal: props.daemon.real,
    xray,
    honeycomb,
    downstream,
    substitutions: substitutions.list,
  };
}

async function waitUntil(isTrue: () => boolean, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!isTrue() && Date.now() < deadline) {
    await sleep(50);
  }
}

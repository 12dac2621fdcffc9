import { runCheck, templateCheck, type Check } from '../results/check';
import { number } from '../results/prose';
import { noneWrong, outOf, tally } from '../results/tally';
import type { ContainerRecord, RunRecord } from '../run/run-record';
import type { Container } from '../template/task-definition';
import { Meter } from '../testbed/meter';

/** Without its flag -o, the daemon asks once for the ID of an EC2 instance, which no task of Fargate has. It does no harm. */
const ERROR =
  /"level": ?"(error|critical)"|\[Error\](?! Get instance id metadata failed)|Traceback/i;
/** A message, and its traceback. */
const LINES_OF_AN_ERROR = 2;
/** A span as OpenTelemetry's console exporter writes it. */
const SPAN = /"(parent_id|end_time)": /;

export const CONTAINER_CHECKS: readonly Check[] = [
  templateCheck({
    id: 'daemon-optional',
    claim: 'The daemon can fail without the application, and is restarted',
    measure: ({ daemon: { Essential, RestartPolicy } }) => ({
      essential: Essential,
      restarted: RestartPolicy.Enabled,
      // one that ends with 0 was stopped
      not: RestartPolicy.IgnoredExitCodes.filter((code) => code !== 0),
    }),
    passes: ({ essential, restarted, not }) => !essential && restarted && not.length === 0,
    figure: ({ essential, restarted, not }) =>
      `The daemon is ${essential ? '' : 'not '}essential, and its restart policy is ${restarted ? 'on' : 'off'}` +
      (not.length > 0 ? `, but for exit codes ${not.join(', ')}` : ''),
  }),
  runCheck({
    id: 'containers-run',
    claim: 'Every container runs until it is stopped',
    measure: ({ application, daemon }) =>
      tally(
        [application, daemon],
        ({ endedEarly }) => !endedEarly,
        ({ name, exit, log }) =>
          `${name} exited with code ${String(exit?.code)}: ${log.at(-1) ?? ''}`,
      ),
    passes: noneWrong,
    figure: (data) => outOf(data, 'containers ran until they were stopped'),
  }),
  runCheck({
    id: 'logs-quiet',
    claim: 'Nothing but a route that must fail logs an error, and no span is written to the log',
    measure: ({ application, daemon, exchanges }) => {
      const lines = [...application.log, ...daemon.log];
      const failing = exchanges.filter(({ route, status = 0 }) => route.breaks || status >= 500);
      const errors = lines.filter((line) => ERROR.test(line));
      const expected = errors.length <= LINES_OF_AN_ERROR * failing.length ? errors : [];
      return tally(
        lines,
        (line) => !SPAN.test(line) && (!ERROR.test(line) || expected.includes(line)),
        (line) => line.slice(0, 200),
      );
    },
    passes: noneWrong,
    figure: (data) =>
      outOf(data, 'log lines hold no span, and no error but of a route that must fail'),
  }),
  runCheck({
    id: 'read-only-root',
    claim: 'A container whose root file system is read-only writes nothing to it',
    measure: (run) =>
      tally(
        measured(run).filter(([, { ReadonlyRootFilesystem }]) => ReadonlyRootFilesystem),
        ([{ written }]) => written.length === 0,
        ([{ name, written }]) => `${name} writes to ${written.join(', ')}`,
      ),
    passes: noneWrong,
    figure: (data) =>
      data.total === 0
        ? 'No container has one'
        : outOf(data, 'containers with such a file system wrote nothing to it'),
  }),
  runCheck({
    id: 'memory',
    claim: 'Each container stays within its memory',
    unavailable: Meter.unavailable,
    measure: (run) =>
      usages(
        run,
        ({ peakMemoryMiB }) => peakMemoryMiB,
        ({ Memory }) => Memory ?? run.plan.task.memoryMiB,
      ),
    passes: areWithin,
    figure: (data) =>
      data
        .map(({ name, used, limit }) => `${name} used ${number(used)} of ${number(limit)} MiB`)
        .join(', '),
  }),
  runCheck({
    id: 'cpu',
    claim: "Each container's average CPU time is within the CPU that it reserves",
    unavailable: Meter.unavailable,
    measure: (run) => ({
      rate: run.scenario.rate,
      usages: usages(
        run,
        ({ averageVCpus }) => averageVCpus,
        ({ Cpu }) => (Cpu ?? run.plan.task.cpuUnits) / 1024,
      ),
    }),
    passes: (data) => areWithin(data.usages),
    figure: (data) =>
      `${data.usages
        .map(
          ({ name, used, limit }) =>
            `${name} used ${number(used, 3)} of ${number(limit, 3)} vCPU on average`,
        )
        .join(
          ', ',
        )}, at ${data.rate} requests a second, in seconds of this machine's processor, which may be faster than Fargate's`,
  }),
];

interface Usage {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/** Returns the containers that a run measures; of the embedded daemon, it would be meaningless. */
function measured({ application, daemon, daemonIsReal, plan }: RunRecord) {
  const both: readonly [ContainerRecord, Container][] = [
    [application, plan.application],
    [daemon, plan.daemon],
  ];
  return both.slice(0, daemonIsReal ? 2 : 1);
}

function usages(
  run: RunRecord,
  used: (record: ContainerRecord) => number,
  limit: (container: Container) => number,
): Usage[] {
  return measured(run).map(([record, container]) => ({
    name: record.name,
    used: used(record),
    limit: limit(container),
  }));
}

function areWithin(data: readonly Usage[]): boolean {
  return data.every(({ used, limit }) => used <= limit);
}

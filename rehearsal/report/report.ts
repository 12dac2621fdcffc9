import { execFileSync } from 'node:child_process';
import { QUOTA_SECONDS } from '../doubles/xray-api';
import type { Row } from '../results/result';
import { groupBy, type Run } from '../run/run-index';
import type { DaemonProgram } from '../testbed/daemon';
import type { Substitution } from '../testbed/substitutions';
import { percentile } from '../traffic/exchange';
import { type Waterfall, waterfallsOf } from './waterfall';

/** Everything that a report states; `report.json` is this. */
export interface Report {
  readonly at: string;
  readonly seconds: number;
  readonly services: readonly ServiceReport[];
}

/** What a report states about one service. */
export interface ServiceReport {
  readonly name: string;
  readonly stack: string;
  readonly rows: readonly Row[];
  /** Why the rehearsal of the service ended early. */
  readonly stopped?: string;
  /** What a run showed; `undefined` if there was none. */
  readonly observed?: Observations;
}

export interface Observations {
  readonly region: string;
  readonly daemonIsReal: boolean;
  readonly daemon: string;
  /** Requests and recorded requests in each second of the steady traffic. */
  readonly sampled: readonly {
    readonly second: number;
    readonly requests: number;
    readonly recorded: number;
  }[];
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly waterfalls: readonly Waterfall[];
  readonly substitutions: readonly Substitution[];
  readonly limits: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

export function observationsOf(
  run: Run,
  { daemon, python }: { readonly daemon: DaemonProgram; readonly python: string },
): Observations {
  const latency = (share: number) => percentile(run.steadyRequests, share);
  return {
    region: run.plan.region,
    daemonIsReal: daemon.real,
    daemon: daemon.origin,
    sampled: sampledPerSecond(run),
    latencyMs: { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    waterfalls: waterfallsOf(run),
    substitutions: run.substitutions,
    limits: limitsOf(run),
    versions: versionsOf(run, python),
  };
}

function sampledPerSecond({
  steadyRequests,
  steadyFrom,
  isRecorded,
}: Run): Observations['sampled'] {
  const seconds = groupBy(steadyRequests, ({ sentAt }) => Math.floor(sentAt - steadyFrom));
  return [...seconds].map(([second, requests]) => ({
    second,
    requests: requests.length,
    recorded: requests.filter(isRecorded).length,
  }));
}

/** What no rehearsal on a laptop can show. */
function limitsOf({ plan }: Run): string[] {
  return [
    'The images are neither built nor pulled: the application runs in a virtual environment on this system, the daemon as a plain process.',
    'The users and the network of the containers are not enforced. Nor is a read-only root file system: a check reports what was written in the working directory, the home, and the directory for temporary files.',
    'SIGTERM ends a program that does not handle it; as the first process of a container, such a program ignores it until the stop timeout, and is then killed.',
    `All tasks of a service share the reservoir; here one task runs. The test double assigns quotas that are valid for ${QUOTA_SECONDS} s.`,
    'The daemon signs with made-up credentials, so the rehearsal does not show that AWS accepts the signature.',
    `ECS restarts ${plan.daemon.Name} only after it has run for the restart attempt period; the rehearsal restarts it without that condition.`,
  ];
}

function versionsOf({ daemon, daemonIsReal }: Run, python: string): Record<string, string> {
  const packages = ['aws-xray-sdk', 'opentelemetry-sdk', 'flask', 'gunicorn'];
  const script = `import importlib.metadata as m, platform, json; print(json.dumps({"Python": platform.python_version(), **{d.name: d.version for d in m.distributions() if d.name.lower() in ${JSON.stringify(packages)}}}))`;
  const firstLine = daemon.log.find((line) => line.includes('X-Ray daemon')) ?? '';
  return {
    'Node.js': process.version,
    ...(JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8' })) as Record<
      string,
      string
    >),
    'X-Ray daemon': /daemon (\S+)/.exec(firstLine)?.[1] ?? (daemonIsReal ? 'unknown' : 'embedded'),
  };
}

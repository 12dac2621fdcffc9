import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonProgram } from '../testbed/daemon';
import { subsegmentsOf } from '../doubles/segment';
import { percentile } from '../faults/faults';
import type { Evidence } from '../traffic/run';
import type { Verdict } from '../checks/promises';
import { renderHtml } from './report-html';
import { limits, type Substitution } from '../testbed/substitutions';
import { groupBy, sampling, segmentsByTrace, spansByTrace } from '../checks/traces';

/** A promise with what came of it. */
export interface Row extends Verdict {
  readonly id: string;
  readonly claim: string;
}

/** One bar of a waterfall; seconds from the start of the trace. */
export interface Bar {
  readonly backend: 'X-Ray' | 'Honeycomb';
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface Waterfall {
  readonly traceId: string;
  readonly what: string;
  readonly bars: readonly Bar[];
}

/** All that a report says; `report.json` is this. */
export interface Report {
  readonly at: string;
  readonly seconds: number;
  readonly stack: string;
  readonly region: string;
  readonly daemonIsReal: boolean;
  readonly daemon: string;
  readonly rows: readonly Row[];
  readonly sampled: readonly {
    readonly second: number;
    readonly total: number;
    readonly recorded: number;
  }[];
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly waterfalls: readonly Waterfall[];
  readonly substitutions: readonly Substitution[];
  readonly limits: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

export interface ReportProps {
  readonly evidence: Evidence;
  readonly rows: readonly Row[];
  readonly daemon: DaemonProgram;
  readonly python: string;
  readonly key: string;
  /** When the rehearsal began, in milliseconds. */
  readonly started: number;
}

/**
 * Writes report.json and report.html. A report with the key in it is not written.
 */
export function writeReport(directory: string, props: ReportProps): void {
  const report = compose(props);
  const files = {
    'report.json': JSON.stringify(report, undefined, 2),
    'report.html': renderHtml(report),
  };
  if (Object.values(files).some((text) => text.includes(props.key))) {
    throw new Error('the key is in the report, so it is not written');
  }
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), text);
  }
}

export function outcome({ kept, skipped }: Row): 'PASS' | 'FAIL' | 'SKIP' {
  if (skipped !== undefined) {
    return 'SKIP';
  }
  return kept ? 'PASS' : 'FAIL';
}

/** The table of promises, for a terminal. */
export function renderTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { claim, figure, against, skipped } = row;
    const compared = skipped ?? against;
    return `${outcome(row)}  ${claim}\n      ${figure}${compared === '' ? '' : ` | ${compared}`}`;
  });
  return `\n${lines.join('\n')}\n\n${total(rows)}`;
}

export function total(rows: readonly Row[]): string {
  const failed = rows.filter(({ kept }) => !kept).length;
  return `${rows.length - failed} promises kept, ${failed} broken`;
}

function compose({ evidence, rows, daemon, python, started }: ReportProps): Report {
  const { plan, exchanges, substitutions } = evidence;
  const counted = exchanges.filter(({ phase, kind }) => phase === 'counted' && kind !== 'health');
  return {
    at: new Date(started).toISOString(),
    seconds: Math.round((Date.now() - started) / 1000),
    stack: plan.stackName,
    region: plan.region,
    daemonIsReal: daemon.real,
    daemon: daemon.origin,
    rows,
    sampled: sampledPerSecond(evidence),
    latencyMs: {
      p50: percentile(counted, 0.5),
      p95: percentile(counted, 0.95),
      p99: percentile(counted, 0.99),
    },
    waterfalls: waterfalls(evidence),
    substitutions,
    limits: limits(plan),
    versions: versions(evidence, python),
  };
}

function sampledPerSecond(evidence: Evidence): Report['sampled'] {
  const { requests, isRecorded } = sampling(evidence);
  const seconds = groupBy(requests, ({ sentAt }) =>
    String(Math.floor(sentAt - evidence.counted.from)),
  );
  return [...seconds].map(([second, items]) => ({
    second: Number(second),
    total: items.length,
    recorded: items.filter(isRecorded).length,
  }));
}

/** Several traces as both backends saw them: one of each kind of request that X-Ray recorded. */
function waterfalls(evidence: Evidence): Waterfall[] {
  const { requests, isRecorded } = sampling(evidence);
  const [segments, spans] = [segmentsByTrace(evidence), spansByTrace(evidence)];
  const kinds = groupBy(requests.filter(isRecorded), ({ kind }) => kind);
  return [...kinds.values()].flatMap(([first]) => {
    const traceId = first?.traceId;
    if (traceId === undefined) {
      return [];
    }
    const bars: Bar[] = [
      ...(segments.get(traceId) ?? [])
        .flatMap((segment) => [segment, ...subsegmentsOf(segment)])
        .map(({ name, start_time, end_time = start_time }) => ({
          backend: 'X-Ray' as const,
          name,
          from: start_time,
          to: end_time,
        })),
      ...(spans.get(traceId) ?? [])
        .map(({ name, start, end }) => ({
          backend: 'Honeycomb' as const,
          name,
          from: start,
          to: end,
        }))
        .sort((a, b) => a.from - b.from),
    ];
    const zero = Math.min(...bars.map(({ from }) => from));
    return [
      {
        traceId,
        what: first?.kind ?? '',
        bars: bars.map((bar) => ({ ...bar, from: bar.from - zero, to: bar.to - zero })),
      },
    ];
  });
}

function versions({ daemon }: Evidence, python: string): Record<string, string> {
  const packages = ['aws-xray-sdk', 'opentelemetry-sdk', 'flask', 'gunicorn'];
  const script = `import importlib.metadata as m, platform, json; print(json.dumps({"Python": platform.python_version(), **{n: m.version(n) for n in ${JSON.stringify(packages)}}}))`;
  const started = daemon.log.find((line) => line.includes('X-Ray daemon'));
  return {
    'Node.js': process.version,
    ...(JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8' })) as Record<
      string,
      string
    >),
    'X-Ray daemon': /daemon (\S+)/.exec(started ?? '')?.[1] ?? 'stand-in',
  };
}

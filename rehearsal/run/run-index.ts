import { SERVER, type Span } from '../doubles/otlp';
import type { Segment } from '../doubles/segment';
import { expectedCounts, type Range } from '../xray/binomial';
import { reservoirRange } from '../xray/reservoir';
import { decidingRule, type SamplingRule } from '../xray/sampling-rule';
import type { Exchange } from '../traffic/exchange';
import type { KeySearch } from './key-search';
import type { RunRecord } from './run-record';

/**
 * The record of a run, with everything that the checks and the report ask of it computed once.
 * Trace IDs are in X-Ray's form.
 */
export interface Run extends RunRecord {
  /** Requests that must be traced: all that got a response, except health checks. */
  readonly tracedRequests: readonly Exchange[];
  /** The traced requests of the steady traffic. */
  readonly steadyRequests: readonly Exchange[];
  /** The segments, without the subsegments that are documents of their own. */
  readonly segments: readonly Segment[];
  readonly segmentsByTrace: ReadonlyMap<string, readonly Segment[]>;
  /** Segments and subsegments. */
  readonly documentsByTrace: ReadonlyMap<string, readonly Segment[]>;
  readonly spansByTrace: ReadonlyMap<string, readonly Span[]>;
  readonly serverSpansByTrace: ReadonlyMap<string, readonly Span[]>;
  /** The steady requests, by the rule that decides for them. */
  readonly sampled: readonly Sampled[];
  /** Why X-Ray may have recorded nothing at all; `undefined` if it recorded something, or had to. */
  readonly nothingRecorded: string | undefined;
  /** Whether X-Ray received the trace of a request. */
  readonly isRecorded: (exchange: Exchange) => boolean;
  /** The synthesized files, searched for the key. */
  readonly files: KeySearch;
}

/** The probability that a check that depends on chance fails for a correct sampler. */
const FALSE_ALARM = 1e-9;

/** Requests that one rule decides for. */
export interface Sampled {
  readonly rule: SamplingRule;
  readonly requests: readonly Exchange[];
  /** How many of them the reservoir can have recorded. */
  readonly fromReservoir: Range;
  readonly recorded: number;
  /** How many a correct sampler records. */
  readonly expected: Range;
}

export function indexRun(record: RunRecord, files: KeySearch): Run {
  const tracedRequests = record.exchanges.filter(
    ({ kind, status }) => kind !== 'health' && status !== undefined,
  );
  const steadyRequests = tracedRequests.filter(({ phase }) => phase === 'steady');
  const segments = record.xray.segments.filter(({ type }) => type === undefined);
  const segmentsByTrace = groupBy(segments, ({ trace_id }) => trace_id);
  const serverSpans = record.honeycomb.spans.filter(({ kind }) => kind === SERVER);
  const isRecorded = ({ traceId }: Exchange) =>
    traceId !== undefined && segmentsByTrace.has(traceId);
  const { rules, serviceName } = record.plan;
  const byRule = groupBy(steadyRequests, ({ host, route: { method, path } }) =>
    decidingRule(rules, { service: serviceName, host, method, path }),
  );
  const sampled = [...byRule].map(([rule, requests]) => {
    const fromReservoir = reservoirRange(
      rule,
      requests.map(({ sentAt, doneAt }) => ({ from: sentAt, to: doneAt })),
      record.xray.quotas.filter((quota) => quota.rule === rule.RuleName),
    );
    const recorded = requests.filter(isRecorded).length;
    return {
      rule,
      requests,
      fromReservoir,
      recorded,
      expected: expectedOf(rule, requests.length, fromReservoir),
    };
  });
  const mayRecordNothing =
    segments.length === 0 &&
    sampled.every(({ expected }) => expected.atLeast === 0) &&
    sampled.some(({ expected }) => expected.atMost > 0);
  return {
    ...record,
    tracedRequests,
    steadyRequests,
    segments,
    segmentsByTrace,
    documentsByTrace: groupBy(record.xray.segments, ({ trace_id }) => trace_id),
    spansByTrace: groupBy(record.honeycomb.spans, xrayTraceId),
    serverSpansByTrace: groupBy(serverSpans, xrayTraceId),
    sampled,
    nothingRecorded: mayRecordNothing
      ? `X-Ray recorded none of ${steadyRequests.length} requests, which the rules allow`
      : undefined,
    isRecorded,
    files,
  };
}

/** Returns how many of some requests of a rule a correct sampler records. */
export function expectedOf(rule: SamplingRule, requests: number, fromReservoir: Range): Range {
  return expectedCounts({ requests, fromReservoir, rate: rule.FixedRate }, FALSE_ALARM);
}

export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) {
      group.push(item);
    } else {
      groups.set(key(item), [item]);
    }
  }
  return groups;
}

function xrayTraceId({ traceId }: Span): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

import { SERVER, type Span } from '../doubles/otlp';
import type { Segment } from '../doubles/segment';
import type { Range } from '../sampling/binomial';
import { reservoirRange } from '../sampling/reservoir';
import { decidingRule, type SamplingRule } from '../sampling/sampling-rule';
import type { Plan } from '../template/plan';
import type { Exchange } from '../traffic/exchange';
import { HOME } from '../traffic/requests';
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
  /** The rule that decides for the home route. */
  readonly homeRule: SamplingRule;
  /** How many steady requests the reservoir can have recorded. */
  readonly fromReservoir: Range;
  /** Whether X-Ray received the trace of a request. */
  readonly isRecorded: (exchange: Exchange) => boolean;
  /** The synthesized files, searched for the key. */
  readonly files: KeySearch;
}

export function indexRun(record: RunRecord, files: KeySearch): Run {
  const tracedRequests = record.exchanges.filter(
    ({ kind, status }) => kind !== 'health' && status !== undefined,
  );
  const steadyRequests = tracedRequests.filter(({ phase }) => phase === 'steady');
  const segments = record.xray.segments.filter(({ type }) => type === undefined);
  const segmentsByTrace = groupBy(segments, ({ trace_id }) => trace_id);
  const serverSpans = record.honeycomb.spans.filter(({ kind }) => kind === SERVER);
  const homeRule = homeRuleOf(record.plan);
  return {
    ...record,
    tracedRequests,
    steadyRequests,
    segments,
    segmentsByTrace,
    documentsByTrace: groupBy(record.xray.segments, ({ trace_id }) => trace_id),
    spansByTrace: groupBy(record.honeycomb.spans, xrayTraceId),
    serverSpansByTrace: groupBy(serverSpans, xrayTraceId),
    homeRule,
    fromReservoir: reservoirRange(
      homeRule,
      steadyRequests.map(({ sentAt, doneAt }) => ({ from: sentAt, to: doneAt })),
      record.xray.quotas.filter(({ rule }) => rule === homeRule.RuleName),
    ),
    isRecorded: ({ traceId }) => traceId !== undefined && segmentsByTrace.has(traceId),
    files,
  };
}

/** Returns the rule that decides for the home route. */
export function homeRuleOf({ rules, serviceName }: Plan): SamplingRule {
  const host = 'api.cruddur.com';
  return decidingRule(rules, { service: serviceName, host, method: 'GET', path: HOME });
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

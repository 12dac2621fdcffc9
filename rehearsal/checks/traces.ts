import type { Span } from '../doubles/otlp';
import { SERVER } from '../doubles/otlp';
import type { Segment } from '../doubles/segment';
import type { Evidence } from '../traffic/run';
import type { Plan } from '../template/plan';
import { decidingRule, reservoirTakes, type SamplingRule } from './sampling';
import { HOME, type Exchange } from '../traffic/traffic';

/** The id of a trace in X-Ray's form. */
export function toXRayId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item)) ?? [];
    group.push(item);
    groups.set(key(item), group);
  }
  return groups;
}

/** Requests that should be traces: all that were answered, but for health checks. */
export function traced({ exchanges }: Evidence): Exchange[] {
  return exchanges.filter(({ kind, status }) => kind !== 'health' && status !== undefined);
}

export function segmentsByTrace({ segments }: Evidence): Map<string, Segment[]> {
  return groupBy(segments, ({ trace_id }) => trace_id);
}

/** The spans in Honeycomb, by trace id in X-Ray's form. */
export function spansByTrace({ spans }: Evidence): Map<string, Span[]> {
  return groupBy(spans, ({ traceId }) => toXRayId(traceId));
}

export function serverSpans(spans: readonly Span[] | undefined): Span[] {
  return (spans ?? []).filter(({ kind }) => kind === SERVER);
}

/** The rule that X-Ray uses for the home route. */
export function homeRule(plan: Plan): SamplingRule {
  return decidingRule(plan.rules, {
    service: plan.application.Name,
    host: 'api.cruddur.com',
    method: 'GET',
    path: HOME,
  });
}

/** How the counted traffic was sampled. */
export function sampling(evidence: Evidence) {
  const rule = homeRule(evidence.plan);
  const requests = traced(evidence).filter(({ phase }) => phase === 'counted');
  const recorded = segmentsByTrace(evidence);
  const isRecorded = ({ traceId }: Exchange) => traceId !== undefined && recorded.has(traceId);
  const free = reservoirTakes(
    rule,
    requests.map(({ sentAt, doneAt }) => ({ from: sentAt, to: doneAt })),
    evidence.quotas.filter((quota) => quota.rule === rule.RuleName),
  );
  return { rule, requests, isRecorded, free };
}

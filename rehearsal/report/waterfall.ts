import { subsegmentsOf } from '../doubles/segment';
import { groupBy, type Run } from '../run/run-index';
import { nameOf } from '../service/service-file';

/** One segment, subsegment, or span. Times are seconds from the start of the trace. */
export interface Bar {
  readonly backend: 'X-Ray' | 'Honeycomb';
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A trace as both backends received it. */
export interface Waterfall {
  readonly traceId: string;
  /** The route that was requested. */
  readonly route: string;
  readonly bars: readonly Bar[];
}

/** Returns one trace of each route that X-Ray recorded. */
export function waterfallsOf(run: Run): Waterfall[] {
  const routes = groupBy(run.steadyRequests.filter(run.isRecorded), ({ route }) => nameOf(route));
  return [...routes].map(([route, [first]]) => {
    const traceId = first?.traceId ?? '';
    const bars = barsOf(run, traceId);
    const start = Math.min(...bars.map(({ from }) => from));
    return {
      traceId,
      route,
      bars: bars.map((bar) => ({ ...bar, from: bar.from - start, to: bar.to - start })),
    };
  });
}

function barsOf({ documentsByTrace, spansByTrace }: Run, traceId: string): Bar[] {
  const segments = (documentsByTrace.get(traceId) ?? [])
    .flatMap((segment) => [segment, ...subsegmentsOf(segment)])
    .map(({ name, start_time: from, end_time: to = from }) => ({
      backend: 'X-Ray' as const,
      name,
      from,
      to,
    }));
  const spans = (spansByTrace.get(traceId) ?? [])
    .map(({ name, start: from, end: to }) => ({ backend: 'Honeycomb' as const, name, from, to }))
    .sort((a, b) => a.from - b.from);
  return [...segments, ...spans];
}

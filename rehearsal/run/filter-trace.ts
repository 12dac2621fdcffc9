import { subsegmentsOf, type Segment } from '../doubles/segment';
import type { FilterTrace } from '../xray/filter-expression';

/** What a filter expression can ask of a trace, given by its segments. */
export function filterTrace(segments: readonly Segment[]): FilterTrace {
  const [first] = segments;
  const duration = (first?.end_time ?? 0) - (first?.start_time ?? 0);
  const annotations = segments
    .flatMap((segment) => [segment, ...subsegmentsOf(segment)])
    .flatMap((item) => Object.entries(item.annotations));
  return {
    services: segments.map(({ name }) => name),
    url: first?.http?.request?.url ?? '',
    method: first?.http?.request?.method ?? '',
    status: first?.http?.response?.status ?? 0,
    duration,
    responseTime: duration,
    annotations: Object.fromEntries(annotations),
  };
}

import { runCheck, type Check } from '../results/check';
import { number, quantity } from '../results/prose';
import { allRight, outOf, tally } from '../results/tally';

export const TRACE_ID_CHECKS: readonly Check[] = [
  runCheck({
    id: 'same-id',
    claim: 'Every trace in X-Ray is in Honeycomb under the same ID',
    measure: ({ segmentsByTrace, spansByTrace }) =>
      tally([...segmentsByTrace.keys()], (id) => spansByTrace.has(id)),
    passes: allRight,
    figure: (data) => outOf(data, 'traces in X-Ray are in Honeycomb under the same ID'),
  }),
  runCheck({
    id: 'same-spans',
    claim:
      'Every segment and subsegment in X-Ray is a span in Honeycomb, with the same ID and parent',
    measure: ({ documentsByTrace, spansByTrace }) =>
      tally(
        [...documentsByTrace].flatMap(([traceId, documents]) =>
          documents.map(({ id, name, parent_id = '' }) => ({
            traceId,
            id,
            name,
            parent: parent_id,
          })),
        ),
        ({ traceId, id, parent }) =>
          (spansByTrace.get(traceId) ?? []).some(
            ({ spanId, parentSpanId }) => spanId === id && parentSpanId === parent,
          ),
        ({ name, id }) => `${name} ${id}`,
      ),
    passes: allRight,
    figure: (data) => outOf(data, 'segments and subsegments are spans with the same ID and parent'),
  }),
  runCheck({
    id: 'untrusted-parent',
    claim: 'No untrusted caller chooses a parent or a trace ID, with any header',
    measure: ({ exchanges, honeycomb, serverSpansByTrace, xray }) => {
      const text = JSON.stringify([xray.segments, honeycomb.spans]);
      const received = new Set(text.match(/[0-9a-f]{32}|[0-9a-f]{16}/g));
      const sent = exchanges.flatMap(({ untrustedIds }) => untrustedIds);
      return {
        sent: sent.length,
        adopted: sent.filter((id) => received.has(id) || (id.length < 16 && text.includes(id))),
        serverSpansWithParent: [...serverSpansByTrace.values()]
          .flat()
          .filter(({ parentSpanId }) => parentSpanId !== '').length,
      };
    },
    passes: ({ adopted, serverSpansWithParent }) =>
      adopted.length === 0 && serverSpansWithParent === 0,
    figure: ({ sent, adopted, serverSpansWithParent }) =>
      `${number(adopted.length)} of ${quantity(sent, 'ID')} from untrusted callers were adopted; ${quantity(serverSpansWithParent, 'server span')} with a parent`,
  }),
];

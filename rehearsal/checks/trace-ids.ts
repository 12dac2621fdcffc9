import { isDeepStrictEqual } from 'node:util';
import { recordedCheck, runCheck, type Check } from '../results/check';
import { number, quantity } from '../results/prose';
import { allRight, outOf, tally } from '../results/tally';

export const TRACE_ID_CHECKS: readonly Check[] = [
  recordedCheck({
    id: 'same-id',
    claim: 'Every trace in X-Ray is in Honeycomb under the same ID',
    measure: ({ segmentsByTrace, spansByTrace }) =>
      tally([...segmentsByTrace.keys()], (id) => spansByTrace.has(id)),
    passes: allRight,
    figure: (data) => outOf(data, 'traces in X-Ray are in Honeycomb under the same ID'),
  }),
  recordedCheck({
    id: 'same-spans',
    claim: 'Every recorded trace is the same tree in both backends, with the same IDs',
    measure: ({ documentsByTrace, spansByTrace }) =>
      tally(
        [...documentsByTrace],
        ([traceId, documents]) => {
          const inXRay = documents.map(({ id, parent_id = '' }) => `${id} in ${parent_id}`);
          const inHoneycomb = (spansByTrace.get(traceId) ?? []).map(
            ({ spanId, parentSpanId }) => `${spanId} in ${parentSpanId}`,
          );
          return isDeepStrictEqual(inXRay.sort(), inHoneycomb.sort());
        },
        ([traceId]) => traceId,
      ),
    passes: allRight,
    figure: (data) =>
      outOf(data, 'traces in X-Ray have the spans of Honeycomb, with the same IDs and parents'),
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

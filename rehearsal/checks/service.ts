import { runCheck, type Check } from '../results/check';
import { noneWrong, outOf, tally } from '../results/tally';
import { nameOf, SERVICE_FILE } from '../service/service-file';
import { succeeded } from '../traffic/exchange';

/** What the service states about itself. Without its file, these show nothing. */
export const SERVICE_CHECKS: readonly Check[] = [
  runCheck({
    id: 'routes-answer',
    claim: 'Each route answers with its status, or breaks off',
    measure: ({ exchanges, service }) => ({
      file: service.file,
      requests: tally(
        exchanges.filter(({ kind }) => kind !== 'health'),
        succeeded,
        ({ error, route, status }) =>
          `${nameOf(route)} returned ${String(status ?? 'nothing')}, ${error ?? 'complete'}`,
      ),
    }),
    passes: ({ requests }) => noneWrong(requests),
    showsNothing: ({ file }) => (file === undefined ? NO_FILE : undefined),
    figure: ({ requests }) => outOf(requests, 'requests got the response of their route'),
  }),
  runCheck({
    id: 'spans-expected',
    claim: 'Each request has the spans of its route, with their attributes',
    measure: ({ spansByTrace, tracedRequests }) =>
      tally(
        tracedRequests.flatMap(({ route, traceId = '' }) =>
          route.spans.map((expected) => ({ expected, route, spans: spansByTrace.get(traceId) })),
        ),
        ({ expected, spans = [] }) =>
          spans.some(
            ({ name, attributes }) =>
              name === expected.name &&
              Object.entries(expected.attributes).every(([key, pattern]) =>
                new RegExp(`^(?:${pattern})$`).test(String(attributes[key])),
              ),
          ),
        ({ expected, route }) => `${nameOf(route)} without ${expected.name}`,
      ),
    passes: noneWrong,
    showsNothing: ({ total }) =>
      total === 0 ? `no route in ${SERVICE_FILE} has spans` : undefined,
    figure: (data) => outOf(data, 'expected spans are in Honeycomb'),
  }),
  runCheck({
    id: 'callee-parent',
    claim: 'What a service that is called gets as its parent is in both backends',
    measure: ({ documentsByTrace, downstream, exchanges, spansByTrace }) => ({
      requests: exchanges.filter(({ route, status }) => route.calls && status !== undefined).length,
      calls: tally(
        downstream.calls,
        ({ parentId, traceId = '' }) =>
          (spansByTrace.get(traceId) ?? []).some(({ spanId }) => spanId === parentId) &&
          (documentsByTrace.get(traceId)?.some(({ id }) => id === parentId) ?? true),
        ({ parentId = 'no parent', traceId = 'no trace' }) => `${parentId} of ${traceId}`,
      ),
    }),
    passes: ({ requests, calls }) => noneWrong(calls) && calls.total >= requests,
    showsNothing: ({ requests }) =>
      requests === 0 ? `no route in ${SERVICE_FILE} calls another service` : undefined,
    figure: ({ requests, calls }) =>
      `${outOf(calls, 'calls have a parent in both backends')}; ${requests} requests had to call`,
  }),
];

const NO_FILE = `there is no ${SERVICE_FILE} beside the Dockerfile`;

import { HONEYCOMB_HOSTS } from '../doubles/honeycomb';
import { runCheck, type Check } from '../results/check';
import { list, quantity } from '../results/prose';
import { allRight, noneWrong, outOf, tally } from '../results/tally';

const ORIGINS = HONEYCOMB_HOSTS.map((host) => `https://${host}`);

export const HOME_SPAN = 'home-activities-mock-data';
const ISO_WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)$/;

export const HONEYCOMB_CHECKS: readonly Check[] = [
  runCheck({
    id: 'honeycomb-complete',
    claim: 'Every request is one trace in Honeycomb',
    measure: ({ serverSpansByTrace, tracedRequests }) => ({
      requests: tally(
        tracedRequests,
        ({ traceId, root }) =>
          traceId !== undefined &&
          (root === undefined || root === traceId) &&
          serverSpansByTrace.get(traceId)?.length === 1,
        ({ kind, traceId }) => `${kind} ${traceId ?? 'without a trace ID'}`,
      ),
      serverSpans: [...serverSpansByTrace.values()].flat().length,
    }),
    passes: ({ requests, serverSpans }) => allRight(requests) && serverSpans === requests.total,
    figure: ({ requests, serverSpans }) =>
      `${outOf(requests, 'requests arrived as one trace')}; ${quantity(serverSpans, 'server span')} in all`,
  }),
  runCheck({
    id: 'honeycomb-service',
    claim: "Every span has the service's name",
    measure: ({ honeycomb, plan }) => ({
      name: plan.serviceName,
      spans: tally(
        honeycomb.spans.map(({ resource }) => String(resource['service.name'])),
        (name) => name === plan.serviceName,
      ),
    }),
    passes: ({ spans }) => allRight(spans),
    figure: ({ name, spans }) => outOf(spans, `spans are of service ${name}`),
  }),
  runCheck({
    id: 'honeycomb-host',
    claim: "Spans are sent to Honeycomb's own host, encrypted",
    measure: ({ honeycomb }) => ({
      origins: [...honeycomb.origins],
      foreign: [...honeycomb.origins].filter((origin) => !ORIGINS.includes(origin)),
    }),
    passes: ({ origins, foreign }) => origins.length > 0 && foreign.length === 0,
    figure: ({ origins, foreign }) =>
      `Spans are sent to ${list(origins, 'no endpoint')}` +
      (foreign.length > 0 ? `; Honeycomb is at ${ORIGINS.join(' and ')}` : ''),
  }),
  runCheck({
    id: 'honeycomb-protocol',
    claim: 'Honeycomb accepts every batch',
    measure: ({ honeycomb: { keys, problems } }) => ({
      total: [...keys.values()].reduce((sum, count) => sum + count, 0),
      wrong: problems,
    }),
    passes: noneWrong,
    figure: (data) => outOf(data, 'batches accepted'),
  }),
  runCheck({
    id: 'home-span',
    claim: `Every home request has the span ${HOME_SPAN}, with app.now and app.result_length`,
    measure: ({ serverSpansByTrace, spansByTrace, tracedRequests }) =>
      tally(
        tracedRequests.filter(({ kind }) => kind !== 'missing'),
        ({ traceId = '' }) => {
          const [server] = serverSpansByTrace.get(traceId) ?? [];
          return (spansByTrace.get(traceId) ?? []).some(
            ({ name, parentSpanId, attributes }) =>
              name === HOME_SPAN &&
              parentSpanId === server?.spanId &&
              ISO_WITH_OFFSET.test(String(attributes['app.now'])) &&
              Number.isInteger(attributes['app.result_length']),
          );
        },
        ({ traceId }) => traceId ?? 'a request without a trace ID',
      ),
    passes: allRight,
    figure: (data) => outOf(data, 'home requests have the span'),
  }),
];

import { HONEYCOMB_HOSTS } from '../doubles/honeycomb';
import { runCheck, type Check } from '../results/check';
import { list, quantity } from '../results/prose';
import { allRight, noneWrong, outOf, tally } from '../results/tally';

const ORIGINS = HONEYCOMB_HOSTS.map((host) => `https://${host}`);

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
];

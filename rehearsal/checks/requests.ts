import type { Span } from '../doubles/otlp';
import type { Segment } from '../doubles/segment';
import { runCheck, type Check } from '../results/check';
import { number, quantity } from '../results/prose';
import { allRight, noneWrong, outOf, tally } from '../results/tally';
import { nameOf } from '../service/service-file';
import { type Exchange, isAnswered } from '../traffic/exchange';
import { isHealthy } from '../traffic/start';

/** The exit code of a program that ends because of SIGTERM, in its own way. */
const HANDLED_SIGTERM = 143;

/** Requests, health checks, and shutdown under load. */
export const REQUEST_CHECKS: readonly Check[] = [
  runCheck({
    id: 'requests-answered',
    claim: 'Every request gets a response',
    measure: ({ exchanges }) =>
      tally(
        exchanges.filter(({ kind }) => kind !== 'health'),
        isAnswered,
        describe,
      ),
    passes: allRight,
    figure: (data) => outOf(data, 'requests got a response'),
  }),
  runCheck({
    id: 'health-checks-pass',
    claim: 'Every health check passes',
    measure: ({ exchanges, healthChecks, plan }) => ({
      loadBalancer: tally(
        exchanges.filter(({ kind, phase }) => kind === 'health' && phase === 'steady'),
        ({ status = 0 }) => isHealthy(plan.healthCheck.codes, status),
        ({ status, error }) => String(status ?? error),
      ),
      container: tally(
        healthChecks,
        ({ code }) => code === 0,
        ({ code, output }) => `exit code ${code}: ${output}`,
      ),
    }),
    passes: ({ loadBalancer, container }) => allRight(loadBalancer) && noneWrong(container),
    figure: ({ loadBalancer, container }) =>
      `${outOf(loadBalancer, 'health checks by the load balancer passed')}, and ${container.total === 0 ? 'the container has none' : outOf(container, 'in the container')}`,
  }),
  runCheck({
    id: 'stop-answers',
    claim: 'No request is lost when the task stops under load',
    measure: ({ application, exchanges, plan, stopSeconds }) => ({
      requests: tally(
        exchanges.filter(({ phase }) => phase === 'stop'),
        isAnswered,
        describe,
      ),
      exit: application.exit?.code ?? application.exit?.signal ?? null,
      seconds: stopSeconds,
      limitSeconds: plan.application.StopTimeout,
    }),
    passes: ({ requests, exit }) =>
      allRight(requests) && [0, HANDLED_SIGTERM].includes(Number(exit)),
    figure: ({ requests, exit, seconds, limitSeconds }) =>
      `${outOf(requests, 'requests answered')}; the application exited with ${typeof exit === 'number' ? 'code ' : ''}${String(exit)} after ${number(seconds, 1)} s (${limitSeconds} s allowed)` +
      (exit === 'SIGTERM'
        ? ': it handles no SIGTERM, or a shell got the signal that did not start it by exec'
        : ''),
  }),
  runCheck({
    id: 'stop-flushes',
    claim: 'No span is lost when the task stops under load',
    measure: ({ honeycomb, spansByTrace, steadyRequests, tracedRequests }) => {
      const isFound = ({ traceId = '' }: Exchange) => spansByTrace.has(traceId);
      return {
        requests: tally(
          tracedRequests.filter(({ phase }) => phase === 'stop'),
          isFound,
          describe,
        ),
        haveOtherIds: honeycomb.spans.length > 0 && !steadyRequests.some(isFound),
      };
    },
    passes: ({ haveOtherIds, requests }) => haveOtherIds || allRight(requests),
    showsNothing: ({ haveOtherIds }) =>
      haveOtherIds
        ? 'no request is in Honeycomb under the ID in its response, not even before the shutdown'
        : undefined,
    figure: ({ requests }) => outOf(requests, 'requests during the shutdown are in Honeycomb'),
  }),
  runCheck({
    id: 'health-checks-untraced',
    claim: 'No health check is traced in either backend',
    measure: ({ exchanges, healthChecks, honeycomb, plan, xray }) => ({
      healthChecks: exchanges.filter(({ kind }) => kind === 'health').length + healthChecks.length,
      traced: [...xray.segments, ...honeycomb.spans].filter((item) =>
        pathsOf(item).includes(plan.healthCheck.path),
      ).length,
    }),
    passes: ({ healthChecks, traced }) => healthChecks > 0 && traced === 0,
    figure: ({ healthChecks, traced }) =>
      `${quantity(healthChecks, 'health check')} left ${traced === 0 ? 'no segment and no span' : `segments or spans: ${number(traced)}`}`,
  }),
];

/** The paths of the requests that a segment or a span is about. */
function pathsOf(item: Segment | Span): string[] {
  const attributes = (item as Partial<Span>).attributes ?? {};
  const urls = [
    ...['url.full', 'url.path', 'http.target', 'http.url'].map((name) => attributes[name]),
    (item as Partial<Segment>).http?.request?.url,
  ];
  return urls.flatMap((url) =>
    typeof url === 'string' ? [new URL(url, 'http://any').pathname] : [],
  );
}

function describe({ error, kind, phase, route, status }: Exchange): string {
  return `${nameOf(route)} (${kind}, ${phase}): ${String(error ?? status)}`;
}

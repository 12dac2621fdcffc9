import { recordedCheck, runCheck, type Check } from '../results/check';
import { number, quantity } from '../results/prose';
import { allRight, noneWrong, outOf, tally } from '../results/tally';
import { filterTrace } from '../run/filter-trace';
import { nameOf } from '../service/service-file';
import { parseFilter } from '../xray/filter-expression';

export const XRAY_CHECKS: readonly Check[] = [
  runCheck({
    id: 'xray-documents',
    claim: "Every segment is within X-Ray's published limits, and every call is valid and signed",
    measure: ({ xray: { calls, problems, segments } }) => ({
      segments: segments.length,
      calls: calls.length,
      problems,
    }),
    passes: ({ problems }) => problems.length === 0,
    figure: ({ segments, calls, problems: [first, ...others] }) =>
      first === undefined
        ? `X-Ray accepted ${quantity(segments, 'segment')} in ${quantity(calls, 'call')} and refused none`
        : `X-Ray accepted ${quantity(segments, 'segment')} in ${quantity(calls, 'call')}, with ${quantity(others.length + 1, 'problem')}; the first: ${first}`,
  }),
  recordedCheck({
    id: 'xray-service',
    claim: "Every segment has the service's name, whatever the host",
    measure: ({ plan, segments }) => ({
      name: plan.serviceName,
      segments: tally(
        segments.map(({ name }) => name),
        (name) => name === plan.serviceName,
      ),
    }),
    passes: ({ segments }) => allRight(segments),
    figure: ({ name, segments }) => outOf(segments, `segments are named ${name}`),
  }),
  recordedCheck({
    id: 'group-filter',
    claim: "A group's filter selects all traces of the service and no others",
    measure: ({ plan, segmentsByTrace }) => {
      const own = [...segmentsByTrace.values()].map(filterTrace);
      const others = own.flatMap((trace) =>
        [`${plan.serviceName}-2`, 'frontend-react-js'].map((name) => ({
          ...trace,
          services: [name],
        })),
      );
      return plan.groups.map(({ GroupName, FilterExpression }) => {
        const selects = parseFilter(FilterExpression);
        return {
          group: GroupName,
          own: own.length,
          ownSelected: selects && own.filter(selects).length,
          others: others.length,
          othersSelected: selects && others.filter(selects).length,
        };
      });
    },
    passes: (groups) =>
      groups.some((group) => group.ownSelected === undefined || selectsOwnOnly(group)),
    showsNothing: (groups) =>
      groups.some(selectsOwnOnly) ? undefined : 'only X-Ray can evaluate the filter of a group',
    figure: (groups) =>
      groups
        .map(({ group, own, ownSelected, others, othersSelected }) =>
          ownSelected === undefined || othersSelected === undefined
            ? `Only X-Ray can evaluate the filter of group ${group}`
            : `Group ${group} selects ${number(ownSelected)} of ${quantity(own, 'trace')} of the service and ${number(othersSelected)} of ${number(others)} of other services`,
        )
        .join('; ') || 'The template has no group',
  }),
  recordedCheck({
    id: 'failures-marked',
    claim: 'A 4xx is an error in X-Ray, a 5xx or a response that breaks off a fault',
    measure: ({ isRecorded, segmentsByTrace, tracedRequests }) =>
      tally(
        tracedRequests
          .filter(isRecorded)
          .filter(({ error, status = 0 }) => error !== undefined || status >= 400),
        ({ error: cut, status = 0, traceId = '' }) =>
          (segmentsByTrace.get(traceId) ?? []).every(({ error = false, fault = false }) =>
            cut !== undefined || status >= 500 ? fault : error && !fault,
          ),
        ({ route, status }) => `${nameOf(route)}, which returned ${String(status)}`,
      ),
    passes: noneWrong,
    showsNothing: ({ total }) => (total === 0 ? 'no recorded request failed' : undefined),
    figure: (data) => outOf(data, 'recorded requests that failed say so'),
  }),
  recordedCheck({
    id: 'url-recorded',
    claim:
      'X-Ray records the URL that the client used, with HTTPS as the load balancer forwards it',
    measure: ({ isRecorded, segmentsByTrace, steadyRequests }) =>
      tally(
        steadyRequests.filter(isRecorded),
        ({ host, route, scheme, traceId = '' }) =>
          (segmentsByTrace.get(traceId) ?? []).every(
            ({ http }) => http?.request?.url === `${scheme}://${host}${route.path}`,
          ),
        ({ host, route, scheme, traceId = '' }) =>
          `${String(segmentsByTrace.get(traceId)?.[0]?.http?.request?.url)}, expected ${scheme}://${host}${route.path}`,
      ),
    passes: allRight,
    figure: (data) => outOf(data, 'recorded requests have their URL'),
  }),
];

function selectsOwnOnly(group: { own: number; ownSelected?: number; othersSelected?: number }) {
  return group.own > 0 && group.ownSelected === group.own && group.othersSelected === 0;
}

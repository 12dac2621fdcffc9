import { runCheck, type Check } from '../results/check';
import { number, quantity } from '../results/prose';
import { allRight, outOf, tally } from '../results/tally';
import { filterTrace } from '../run/filter-trace';
import { parseFilter } from '../template/filter-expression';

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
  runCheck({
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
  runCheck({
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
          ownSelected: own.filter(selects).length,
          others: others.length,
          othersSelected: others.filter(selects).length,
        };
      });
    },
    passes: (groups) =>
      groups.some(
        ({ own, ownSelected, othersSelected }) =>
          own > 0 && ownSelected === own && othersSelected === 0,
      ),
    figure: (groups) =>
      groups
        .map(
          ({ group, own, ownSelected, others, othersSelected }) =>
            `Group ${group} selects ${number(ownSelected)} of ${quantity(own, 'trace')} of the service and ${number(othersSelected)} of ${number(others)} of other services`,
        )
        .join('; ') || 'The template has no group',
  }),
];

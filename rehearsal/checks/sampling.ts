import { recordedCheck, runCheck, templateCheck, type Check } from '../results/check';
import { list, number, percent } from '../results/prose';
import { allRight, noneWrong, outOf, tally } from '../results/tally';
import { expectedOf } from '../run/run-index';
import type { Range } from '../xray/binomial';
import { decidingRule, DEFAULT_RULE } from '../xray/sampling-rule';
import type { Exchange } from '../traffic/exchange';

export const SAMPLING_CHECKS: readonly Check[] = [
  runCheck({
    id: 'sampling-rate',
    claim: 'X-Ray records the share of requests that the rule and its reservoir allow',
    measure: ({ sampled }) =>
      sampled.map(({ rule, requests, ...counts }) => ({
        rule: rule.RuleName,
        fixedRate: rule.FixedRate,
        requests: requests.length,
        ...counts,
      })),
    passes: (rules) =>
      rules.length > 0 && rules.every((count) => isWithin(count) && count.expected.atMost > 0),
    showsNothing: (rules) =>
      rules.every(({ recorded }) => recorded === 0)
        ? rules.map((count) => `rule ${count.rule}: ${counted(count)}`).join('; ')
        : undefined,
    figure: (rules) =>
      rules
        .map(
          ({ rule, fromReservoir, fixedRate, ...count }) =>
            `Rule ${rule}: ${counted(count)}, ${range(fromReservoir)} from the reservoir and ${percent(fixedRate)} of the rest`,
        )
        .join('; ') || 'No request was sampled',
  }),
  recordedCheck({
    id: 'sampling-rule',
    claim: 'A rule of the template decides for the traffic',
    measure: ({ sampled, segmentsByTrace }) => {
      const names = sampled.map(({ rule }) => rule.RuleName);
      const decisions = sampled.flatMap(({ rule, requests }) =>
        requests
          .flatMap(({ traceId }) => segmentsByTrace.get(traceId ?? '') ?? [])
          .map(({ aws }) => ({
            expected: rule.RuleName,
            by: aws?.xray?.sampling_rule_name ?? "the SDK's own rules",
          })),
      );
      const isRight = ({ by, expected }: { by: string; expected: string }) => by === expected;
      return { names, segments: tally(decisions, isRight, ({ by }) => by) };
    },
    passes: ({ names, segments }) => allRight(segments) && !names.includes(DEFAULT_RULE.RuleName),
    figure: ({ names, segments }) =>
      outOf(segments, `segments were sampled by ${list(names, 'no rule')}`),
  }),
  runCheck({
    id: 'sampling-reported',
    claim: 'What the application reports to X-Ray is what it received and recorded',
    measure: ({ segments, tracedRequests, xray: { statistics } }) => ({
      reports: tally(
        statistics,
        ({ BorrowCount = 0, RequestCount, SampledCount }) =>
          SampledCount + BorrowCount <= RequestCount,
        ({ RequestCount, RuleName, SampledCount }) =>
          `rule ${RuleName}, ${SampledCount} recorded of ${RequestCount}`,
      ),
      requested: statistics.reduce((sum, { RequestCount }) => sum + RequestCount, 0),
      recorded: statistics.reduce((sum, item) => sum + item.SampledCount, 0),
      sent: tracedRequests.length,
      segments: segments.length,
    }),
    passes: ({ reports, requested, recorded, sent, segments }) =>
      noneWrong(reports) && requested <= sent && recorded <= segments,
    showsNothing: ({ reports }) =>
      reports.total === 0 ? 'the application reported nothing before it stopped' : undefined,
    figure: ({ reports, requested, recorded, sent, segments }) =>
      `${outOf(reports, 'reports are possible')}; they add up to ${number(requested)} of ${number(sent)} requests, and ${number(recorded)} of ${number(segments)} segments`,
  }),
  templateCheck({
    id: 'sampling-below-all',
    claim: 'X-Ray records only a share of the traffic, since each trace is billed',
    measure: ({ rules, serviceName }) => {
      const request = { host: 'api.example.com', method: 'GET', path: '/any/path' };
      const { RuleName, FixedRate } = decidingRule(rules, { service: serviceName, ...request });
      return { rule: RuleName, fixedRate: FixedRate };
    },
    passes: ({ fixedRate }) => fixedRate < 1,
    figure: ({ rule, fixedRate }) =>
      `Rule ${rule} records ${percent(fixedRate)} of the requests beyond its reservoir`,
  }),
  templateCheck({
    id: 'health-rule',
    claim: 'If a health check were traced, X-Ray would record none',
    measure: ({ healthCheck, rules, serviceName }) => {
      const { RuleName, FixedRate, ReservoirSize } = decidingRule(rules, {
        service: serviceName,
        host: '10.0.0.5',
        method: 'GET',
        path: healthCheck.path,
      });
      const isForPath = rules.some((rule) => rule.URLPath !== '*' && rule.FixedRate === 0);
      return { rule: RuleName, fixedRate: FixedRate, reservoir: ReservoirSize, isForPath };
    },
    passes: ({ fixedRate, isForPath, reservoir }) =>
      !isForPath || (fixedRate === 0 && reservoir === 0),
    showsNothing: ({ isForPath }) =>
      isForPath
        ? undefined
        : 'no rule keeps a path from being recorded; a run shows whether health checks are traced',
    figure: ({ rule, fixedRate, reservoir }) =>
      `Rule ${rule} decides for the health-check path, with a fixed rate of ${percent(fixedRate)} and a reservoir of ${number(reservoir)}`,
  }),
  runCheck({
    id: 'sampling-not-forced',
    claim: 'An untrusted caller can neither force recording nor suppress it',
    measure: ({ isRecorded, sampled }) => {
      const of = (wanted: Exchange['kind']) =>
        sampled.map(({ rule, requests, fromReservoir: { atMost } }): Count => {
          const asked = requests.filter(({ kind }) => kind === wanted);
          const expected = expectedOf(rule, asked.length, { atLeast: 0, atMost });
          return { requests: asked.length, recorded: asked.filter(isRecorded).length, expected };
        });
      return { forced: of('forced'), suppressed: of('suppressed') };
    },
    passes: ({ forced, suppressed }) =>
      [forced, suppressed].every((counts) => counts.length > 0 && counts.every(isWithin)),
    showsNothing: ({ forced, suppressed }) =>
      forced.every(({ requests, expected }) => expected.atMost >= requests) ||
      suppressed.every(({ expected }) => expected.atLeast === 0)
        ? 'the rules allow that all of these requests are recorded, or none'
        : undefined,
    figure: ({ forced, suppressed }) =>
      `With Sampled=1, ${list(forced.map(counted), 'nothing')}; with Sampled=0, ${list(suppressed.map(counted), 'nothing')}`,
  }),
];

interface Count {
  readonly requests: number;
  readonly recorded: number;
  readonly expected: Range;
}

function isWithin({ recorded, expected }: Count): boolean {
  return recorded >= expected.atLeast && recorded <= expected.atMost;
}

function counted({ requests, recorded, expected }: Count): string {
  return `${number(recorded)} of ${number(requests)} requests recorded (${range(expected)} expected)`;
}

function range({ atLeast, atMost }: Range): string {
  return atLeast === atMost ? number(atLeast) : `${number(atLeast)} to ${number(atMost)}`;
}

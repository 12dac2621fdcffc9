import { runCheck, templateCheck, type Check } from '../results/check';
import { number, percent } from '../results/prose';
import { allRight, outOf, tally } from '../results/tally';
import { homeRuleOf, type Run } from '../run/run-index';
import { expectedCounts, type Range } from '../sampling/binomial';
import { decidingRule, DEFAULT_RULE } from '../sampling/sampling-rule';
import type { Exchange } from '../traffic/exchange';

/** The probability that a check that depends on chance fails for a correct sampler. */
const FALSE_ALARM = 1e-9;

export const SAMPLING_CHECKS: readonly Check[] = [
  runCheck({
    id: 'sampling-rate',
    claim: 'X-Ray records the share of requests that the rule and its reservoir allow',
    measure: (run) => ({
      ...countRecorded(run, run.steadyRequests, run.fromReservoir),
      fromReservoir: run.fromReservoir,
      fixedRate: run.homeRule.FixedRate,
    }),
    passes: ({ recorded, expected }) =>
      recorded >= Math.max(expected.atLeast, 1) && recorded <= expected.atMost,
    figure: ({ fromReservoir, fixedRate, ...count }) =>
      `${counted(count)}: ${range(fromReservoir)} from the reservoir, and ${percent(fixedRate)} of the rest`,
  }),
  runCheck({
    id: 'sampling-rule',
    claim: 'A rule of the template decides for the traffic',
    measure: ({ homeRule, segmentsByTrace, steadyRequests }) => ({
      rule: homeRule.RuleName,
      segments: tally(
        steadyRequests
          .flatMap(({ traceId }) => segmentsByTrace.get(traceId ?? '') ?? [])
          .map(({ aws }) => aws?.xray?.sampling_rule_name ?? "the SDK's own rules"),
        (name) => name === homeRule.RuleName,
      ),
    }),
    passes: ({ rule, segments }) => allRight(segments) && rule !== DEFAULT_RULE.RuleName,
    figure: ({ rule, segments }) => outOf(segments, `segments were sampled by rule ${rule}`),
  }),
  templateCheck({
    id: 'sampling-below-all',
    claim: 'X-Ray records only a share of the traffic, since each trace is billed',
    measure: (plan) => {
      const { RuleName, FixedRate } = homeRuleOf(plan);
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
      return { rule: RuleName, fixedRate: FixedRate, reservoir: ReservoirSize };
    },
    passes: ({ fixedRate, reservoir }) => fixedRate === 0 && reservoir === 0,
    figure: ({ rule, fixedRate, reservoir }) =>
      `Rule ${rule} decides for the health-check path, with a fixed rate of ${percent(fixedRate)} and a reservoir of ${number(reservoir)}`,
  }),
  runCheck({
    id: 'sampling-not-forced',
    claim: 'An untrusted caller can neither force recording nor suppress it',
    measure: (run) => {
      const of = (wanted: Exchange['kind']) =>
        countRecorded(
          run,
          run.steadyRequests.filter(({ kind }) => kind === wanted),
          { atLeast: 0, atMost: run.fromReservoir.atMost },
        );
      return { forced: of('forced'), suppressed: of('suppressed') };
    },
    passes: ({ forced, suppressed }) =>
      [forced, suppressed].every(
        ({ requests, recorded, expected }) =>
          requests > 0 && recorded >= expected.atLeast && recorded <= expected.atMost,
      ),
    figure: ({ forced, suppressed }) =>
      `With Sampled=1, ${counted(forced)}; with Sampled=0, ${counted(suppressed)}`,
  }),
];

interface Count {
  readonly requests: number;
  readonly recorded: number;
  readonly expected: Range;
}

function countRecorded(
  { homeRule, isRecorded }: Run,
  requests: readonly Exchange[],
  fromReservoir: Range,
): Count {
  return {
    requests: requests.length,
    recorded: requests.filter(isRecorded).length,
    expected: expectedCounts(
      { requests: requests.length, fromReservoir, rate: homeRule.FixedRate },
      FALSE_ALARM,
    ),
  };
}

function counted({ requests, recorded, expected }: Count): string {
  return `${number(recorded)} of ${number(requests)} requests recorded (${range(expected)} expected)`;
}

function range({ atLeast, atMost }: Range): string {
  return atLeast === atMost ? number(atLeast) : `${number(atLeast)} to ${number(atMost)}`;
}

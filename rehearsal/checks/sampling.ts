import { matches } from '../template/iam';

/**
 * A sampling rule as X-Ray keeps it.
 */
export interface SamplingRule {
  readonly RuleName: string;
  readonly Priority: number;
  readonly FixedRate: number;
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly ServiceType: string;
  readonly Host: string;
  readonly HTTPMethod: string;
  readonly URLPath: string;
  readonly ResourceARN: string;
  readonly Version: number;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** The rule that every account has and that decides where no other does. */
export const DEFAULT_RULE: SamplingRule = {
  RuleName: 'Default',
  Priority: 10_000,
  FixedRate: 0.05,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

export interface SampledRequest {
  readonly service: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
}

/**
 * The rule that decides for a request: the lowest priority number whose matchers all match.
 */
export function decidingRule(
  rules: readonly SamplingRule[],
  request: SampledRequest,
): SamplingRule {
  const inOrder = [...rules].sort((a, b) => a.Priority - b.Priority);
  return (
    inOrder.find(
      (rule) =>
        matches(rule.ServiceName.toLowerCase(), request.service.toLowerCase()) &&
        matches(rule.Host.toLowerCase(), request.host.toLowerCase()) &&
        matches(rule.HTTPMethod.toLowerCase(), request.method.toLowerCase()) &&
        matches(rule.URLPath.toLowerCase(), request.path.toLowerCase()),
    ) ?? DEFAULT_RULE
  );
}

/** A quota that the X-Ray double gave to a client, until when it holds. Times are epoch seconds. */
export interface Quota {
  readonly rule: string;
  readonly client: string;
  readonly perSecond: number;
  readonly givenAt: number;
  readonly expiresAt: number;
}

/** When a request was sent and answered; the sampler decided in between. Epoch seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * How many of the requests the reservoir recorded without drawing lots, at least and at most.
 * The SDK counts per whole second and per process: as many as its quota, or one borrowed while
 * it has no quota that is fresh.
 */
export function reservoirTakes(
  rule: SamplingRule,
  requests: readonly Span[],
  quotas: readonly Quota[],
): { atLeast: number; atMost: number } {
  const clients = [...new Set(quotas.map(({ client }) => client))];
  const borrowed = rule.ReservoirSize > 0 ? 1 : 0;
  let atLeast = 0;
  let atMost = 0;
  for (const [second, { certain, possible }] of perSecond(requests)) {
    const shares = (clients.length > 0 ? clients : ['']).map((client) =>
      shareOf(
        quotas.filter((quota) => quota.client === client),
        second,
        borrowed,
      ),
    );
    // at worst, all requests of this second went to the process with the smallest share
    atLeast += Math.min(certain, ...shares.map(({ least }) => least));
    atMost += Math.min(
      possible,
      shares.reduce((sum, { most }) => sum + most, 0),
    );
  }
  return { atLeast, atMost };
}

function shareOf(quotas: readonly Quota[], second: number, borrowed: number) {
  // the answer needs a moment to reach the sampler, so a quota may begin in either of two seconds
  const inForce = quotas.filter(
    ({ givenAt, expiresAt }) => Math.floor(givenAt) <= second && second <= expiresAt,
  );
  if (inForce.length === 0) {
    return { least: borrowed, most: borrowed };
  }
  const certain = inForce.some(({ givenAt }) => givenAt + 1 < second);
  const sizes = inForce.map(({ perSecond }) => perSecond);
  return certain
    ? { least: Math.min(...sizes), most: Math.max(...sizes) }
    : { least: Math.min(borrowed, ...sizes), most: borrowed + Math.max(...sizes) };
}

function perSecond(requests: readonly Span[]) {
  const seconds = new Map<number, { certain: number; possible: number }>();
  for (const { from, to } of requests) {
    const [first, last] = [Math.floor(from), Math.floor(to)];
    for (let second = first; second <= last; second++) {
      const count = seconds.get(second) ?? { certain: 0, possible: 0 };
      count.possible++;
      count.certain += first === last ? 1 : 0;
      seconds.set(second, count);
    }
  }
  return seconds;
}

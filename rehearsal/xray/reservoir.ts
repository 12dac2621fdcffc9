import type { Range } from './binomial';
import type { SamplingRule } from './sampling-rule';

/** A reservoir quota that X-Ray gave to a client. Times are epoch seconds. */
export interface Quota {
  readonly rule: string;
  readonly client: string;
  readonly perSecond: number;
  readonly givenAt: number;
  readonly expiresAt: number;
}

/** When a request was sent and answered; the sampler decided in between. Epoch seconds. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the smallest and largest number of requests that the reservoir can have recorded, before
 * the fixed rate applies. The SDK counts per whole second and per process: as many as its quota, or
 * one that it borrows while it has no valid quota.
 */
export function reservoirRange(
  rule: SamplingRule,
  requests: readonly Interval[],
  quotas: readonly Quota[],
): Range {
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
  // the response takes a moment to reach the sampler, so a quota may start in either of two seconds
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

function perSecond(requests: readonly Interval[]) {
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

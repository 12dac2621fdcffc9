export interface Range {
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * What a sampler was given: it records a number of requests from the reservoir, and each of the
 * others with probability `rate`.
 */
export interface Draw {
  readonly requests: number;
  readonly fromReservoir: Range;
  readonly rate: number;
}

/**
 * Returns the smallest and largest count that a correct sampler records, wrong with probability
 * `falseAlarm` at most. Exact: tails of the binomial distribution, with no approximation and no
 * margin.
 */
export function expectedCounts({ requests, fromReservoir, rate }: Draw, falseAlarm: number): Range {
  const least = Math.min(fromReservoir.atLeast, requests);
  const most = Math.min(fromReservoir.atMost, requests);
  return {
    atLeast: least + lowestLikely(requests - least, rate, falseAlarm / 2),
    // the largest count of successes is what the smallest count of failures leaves
    atMost: requests - lowestLikely(requests - most, 1 - rate, falseAlarm / 2),
  };
}

/** Returns the largest k for which P(X < k) <= tail, where X is binomial. */
function lowestLikely(trials: number, probability: number, tail: number): number {
  if (probability <= 0) {
    return 0;
  }
  if (probability >= 1) {
    return trials;
  }
  let below = 0;
  for (let k = 0; k <= trials; k++) {
    below += Math.exp(logProbability(k, trials, probability));
    if (below > tail) {
      return k;
    }
  }
  return trials;
}

function logProbability(k: number, trials: number, probability: number): number {
  return (
    logFactorial(trials) -
    logFactorial(k) -
    logFactorial(trials - k) +
    k * Math.log(probability) +
    (trials - k) * Math.log1p(-probability)
  );
}

const LOG_FACTORIALS = [0];

function logFactorial(n: number): number {
  for (let i = LOG_FACTORIALS.length; i <= n; i++) {
    LOG_FACTORIALS.push((LOG_FACTORIALS[i - 1] ?? 0) + Math.log(i));
  }
  return LOG_FACTORIALS[n] ?? 0;
}

/**
 * What a sampler may have recorded: `free` requests without drawing lots (the reservoir, at
 * least and at most), each of the others with probability `rate`.
 */
export interface Draw {
  readonly requests: number;
  readonly freeAtLeast: number;
  readonly freeAtMost: number;
  readonly rate: number;
}

/**
 * The smallest and largest count that a sampler which keeps to the draw records, wrong with
 * probability at most `falseAlarm`. Exact: tails of the binomial distribution, no approximation
 * and no margin.
 */
export function allowedCounts(draw: Draw, falseAlarm: number): { low: number; high: number } {
  const { requests, rate } = draw;
  const least = Math.min(draw.freeAtLeast, requests);
  const most = Math.min(draw.freeAtMost, requests);
  return {
    low: least + lowestLikely(requests - least, rate, falseAlarm / 2),
    // the largest count of successes is what remains of the smallest count of failures
    high: requests - lowestLikely(requests - most, 1 - rate, falseAlarm / 2),
  };
}

/** The largest k for which P(X < k) <= tail, where X is binomial. */
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

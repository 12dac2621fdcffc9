import { requireKnownAtSynth, requireNumber } from '../../validation/prop-checks';

/** As many as a monitor outside AWS sends that requests the health check every 10 seconds: those leave no trace. */
const MONITORING_REQUESTS = 30;

/** The probability that none of the requests is sampled that counts as impossible. */
const CHANCE = 1e-6;

/**
 * The number of requests in 5 minutes of which X-Ray must have sampled one.
 *
 * With a reservoir, the first request of a second is always sampled. Without one, none of `n` requests is sampled with a
 * probability of `(1 - fixedRate) ** n`; the number is such that this is at most one in a million.
 *
 * @returns `undefined` if nothing is sampled at all
 * @throws for a value that is only known at deployment
 */
export function requestsThatLeaveATrace(
  fixedRate: number,
  reservoirSize: number,
): number | undefined {
  requireKnownAtSynth('fixedRate', fixedRate);
  requireKnownAtSynth('reservoirSize', reservoirSize);
  requireNumber('fixedRate', fixedRate, { min: 0, max: 1 });
  requireNumber('reservoirSize', reservoirSize, { min: 0, whole: true });
  if (reservoirSize > 0 || fixedRate === 1) {
    return MONITORING_REQUESTS;
  }
  return fixedRate === 0
    ? undefined
    : Math.max(MONITORING_REQUESTS, Math.ceil(Math.log(CHANCE) / Math.log1p(-fixedRate)));
}

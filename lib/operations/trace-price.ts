import { requireNumber } from '../validation/prop-checks';

/**
 * List price of a million recorded traces, in USD: us-east-1, 2026. The first 100,000 of a month are free, once for the
 * whole account.
 *
 * @see https://aws.amazon.com/xray/pricing/
 */
export const USD_PER_MILLION_TRACES = 5;

/**
 * The same with X-Ray Insights, which costs 1 USD more.
 */
export const USD_PER_MILLION_TRACES_WITH_INSIGHTS = USD_PER_MILLION_TRACES + 1;

const DAYS_A_MONTH = 365 / 12;

/**
 * How many traces a day a monthly budget pays for.
 */
export function tracesADay(monthlyTraceBudgetUsd: number, usdPerMillionTraces: number): number {
  requireNumber('monthlyTraceBudgetUsd', monthlyTraceBudgetUsd, { min: 0 });
  return Math.floor(((monthlyTraceBudgetUsd / usdPerMillionTraces) * 1_000_000) / DAYS_A_MONTH);
}

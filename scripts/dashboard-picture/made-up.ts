import type { Column } from '../../rehearsal/alarms/metric-math';

/** Half a day of 5 minutes. */
export const PERIODS = 144;
export const DAYS = 30;

/** From 7.5 hours on the daemon is gone for 25 minutes. */
const isGone = (period: number) => period >= 90 && period < 95;

/** Between -1 and 1, mostly near 0, and the same every time. */
function noise(period: number, seed: number): number {
  const hashed = Math.sin(period * 12.9898 + seed * 78.233) * 43758.5453;
  return ((hashed - Math.floor(hashed)) * 2 - 1) ** 3;
}

const requests = (period: number) =>
  Math.round(2600 + 1900 * Math.sin((period / PERIODS) * Math.PI) + 160 * noise(period, 1));
const traces = (period: number) =>
  isGone(period) ? 0 : Math.round(1330 + requests(period) * 0.08 + 25 * noise(period, 2));

const OF_PERIOD: Readonly<Record<string, (period: number) => number | undefined>> = {
  requests,
  traces,
  'traces with a fault': (period) =>
    isGone(period) ? undefined : Math.max(0, Math.round(3 * noise(period, 3) - 1)),
  '5xx of the tasks': (period) => Math.max(0, Math.round(5 * noise(period, 4) - 1)),
  '5xx of the load balancer': () => undefined,
  p50: (period) => 0.021 + 0.002 * noise(period, 5),
  p90: (period) => 0.055 + 0.007 * noise(period, 6),
  p99: (period) => 0.14 + 0.04 * noise(period, 7) + requests(period) / 90_000,
  'spans refused': (period) => (period === 40 || period === 41 ? 1 : undefined),
  'daemon errors': (period) => (isGone(period) ? 5 : undefined),
  'healthy tasks': (period) => (period > 50 && period < 110 ? 2 : 1),
  CPU: (period) =>
    requests(period) / (period > 50 && period < 110 ? 110 : 70) + 2 * noise(period, 8),
  memory: (period) => 24 + period / 90 + noise(period, 9) / 2,
};

const tracesOfDay = (day: number) =>
  Math.round(430_000 - (day % 7 < 2 ? 120_000 : 0) + 20_000 * noise(day, 1));

/**
 * Made-up values of a metric, for a picture.
 *
 * @param label the metric's, as the dashboard shows it
 */
export function madeUp(label: string, daily: boolean): Column {
  const of = daily ? tracesOfDay : OF_PERIOD[label];
  if (!of) {
    throw new Error(`there is no made-up series for the metric ${label}; add it in made-up.ts`);
  }
  return Array.from({ length: daily ? DAYS : PERIODS }, (_, period) => of(period));
}

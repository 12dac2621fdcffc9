import { HONEYCOMB_PLANS, SECONDS_A_MONTH } from '../prices';
import { honeycombEvents, tracesPerSecond, type Load } from './load';
import type { Template } from '../template';

/**
 * A quota of a backend, and how much of it a load uses.
 */
export interface QuotaUse {
  readonly what: string;
  /** What the load uses per second. */
  readonly used: number;
  /** The quota per second, or `undefined` if it is not published. */
  readonly allowed: number | undefined;
  /** Requests a second at which the quota is reached, with the same number of tasks. */
  readonly metAt: number | undefined;
  /** The setting that changes the use, or the quota. */
  readonly setting: string;
  readonly source: string;
}

interface Quota extends Pick<QuotaUse, 'what' | 'allowed' | 'setting' | 'source'> {
  readonly use: (template: Template, load: Load) => number;
}

/** The daemon sends what it has every second, with at most 50 documents a call, by its maintainers' figures. */
const DOCUMENTS_A_CALL = 50;
/** Seconds between a task's calls for sampling targets, the daemon's telemetry, and sampling rules. */
const CALL_INTERVALS = [10, 60, 300];

const [FREE_PLAN] = HONEYCOMB_PLANS;

const QUOTAS: readonly Quota[] = [
  {
    what: 'X-Ray, segments a second',
    // not verified against the page
    allowed: 2600,
    use: documentsPerSecond,
    setting: 'samplingFixedRate, or an increase in Service Quotas',
    source: 'https://docs.aws.amazon.com/general/latest/gr/xray.html',
  },
  {
    what: 'X-Ray, API calls a second',
    allowed: undefined,
    use: (template, load) => {
      const documents = documentsPerSecond(template, load) / load.tasks;
      const sending = Math.max(documents / DOCUMENTS_A_CALL, Math.min(documents, 1));
      const polling = CALL_INTERVALS.reduce((sum, seconds) => sum + 1 / seconds, 0);
      return load.tasks * (sending + polling);
    },
    setting: 'cpu and memoryMiB: fewer, larger tasks',
    source: 'https://github.com/aws/aws-xray-daemon/issues/55',
  },
  {
    what: `Honeycomb ${FREE_PLAN?.name ?? ''} plan, events a second all month`,
    allowed: (FREE_PLAN?.events ?? 0) / SECONDS_A_MONTH,
    use: (_, load) => honeycombEvents(load) / SECONDS_A_MONTH,
    setting: 'OTEL_TRACES_SAMPLER=traceidratio with OTEL_TRACES_SAMPLER_ARG, or a larger plan',
    source: 'https://docs.honeycomb.io/get-started/manage-costs/how-honeycomb-calculates-usage/',
  },
  {
    what: 'Honeycomb, rate limit of a team (answers 429)',
    allowed: undefined,
    use: (_, load) => honeycombEvents(load) / SECONDS_A_MONTH,
    setting: 'OTEL_TRACES_SAMPLER=traceidratio with OTEL_TRACES_SAMPLER_ARG',
    source: 'https://docs.honeycomb.io/api/rate-limit',
  },
];

/**
 * Returns what the load uses of each quota, the one that is reached first at the top, and those that are not published last.
 */
export function quotaUses(template: Template, load: Load): readonly QuotaUse[] {
  return QUOTAS.map(({ use, ...quota }) => ({
    ...quota,
    used: use(template, load),
    metAt:
      quota.allowed === undefined
        ? undefined
        : firstAbove(quota.allowed, (requestsPerSecond) =>
            use(template, { ...load, requestsPerSecond }),
          ),
  })).sort((a, b) => (a.metAt ?? Infinity) - (b.metAt ?? Infinity));
}

function documentsPerSecond(template: Template, load: Load): number {
  return tracesPerSecond(template, load) * load.spansPerRequest;
}

/** Returns the smallest whole number of requests a second whose use exceeds the limit. */
function firstAbove(limit: number, use: (requestsPerSecond: number) => number): number | undefined {
  let [below, above] = [0, 1];
  while (use(above) <= limit) {
    [below, above] = [above, above * 2];
    if (above > 1e9) {
      return undefined;
    }
  }
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    [below, above] = use(middle) <= limit ? [middle, above] : [below, middle];
  }
  return above;
}

/**
 * The price of one unit of a service, and where it is published.
 */
export interface Price {
  /**
   * The unit, in the plural.
   */
  readonly unit: string;

  /**
   * USD per unit.
   */
  readonly usd: number;

  /**
   * Units that are free each month, for the whole account and without an end date.
   *
   * @default 0
   */
  readonly freeUnits?: number;

  /**
   * The page that publishes the price.
   */
  readonly source: string;
}

/**
 * When the prices were last compared with their sources.
 */
export const PRICES_CHECKED = '2026-11';

/**
 * The Region of the list prices.
 */
export const PRICES_REGION = 'us-east-1';

/**
 * Hours in a month, as the AWS Pricing Calculator counts them.
 */
export const HOURS_A_MONTH = 730;

/**
 * Seconds in such a month.
 */
export const SECONDS_A_MONTH = HOURS_A_MONTH * 3600;

const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const ELB = 'https://aws.amazon.com/elasticloadbalancing/pricing/';
const FARGATE = 'https://aws.amazon.com/fargate/pricing/';
const VPC = 'https://aws.amazon.com/vpc/pricing/';
const XRAY = 'https://aws.amazon.com/xray/pricing/';

/**
 * List prices without discounts. Offers for new accounts are not included, because they end.
 */
export const PRICES = {
  loadBalancer: { unit: 'load balancer hours', usd: 0.0225, source: ELB },
  loadBalancerCapacity: { unit: 'LCU-hours', usd: 0.008, source: ELB },
  publicIpv4: { unit: 'public IPv4 address hours', usd: 0.005, source: VPC },
  natGateway: { unit: 'NAT gateway hours', usd: 0.045, source: VPC },
  fargateCpu: { unit: 'vCPU-hours', usd: 0.04048, source: FARGATE },
  fargateMemory: { unit: 'GB-hours', usd: 0.004445, source: FARGATE },
  fargateCpuArm: { unit: 'arm64 vCPU-hours', usd: 0.03238, source: FARGATE },
  fargateMemoryArm: { unit: 'arm64 GB-hours', usd: 0.00356, source: FARGATE },
  alarmMetric: { unit: 'alarm metrics', usd: 0.1, freeUnits: 10, source: CLOUDWATCH },
  compositeAlarm: { unit: 'composite alarms', usd: 0.5, source: CLOUDWATCH },
  dashboard: { unit: 'dashboards', usd: 3, freeUnits: 3, source: CLOUDWATCH },
  customMetric: { unit: 'metrics from logs', usd: 0.3, freeUnits: 10, source: CLOUDWATCH },
  logs: { unit: 'GB of logs', usd: 0.5, freeUnits: 5, source: CLOUDWATCH },
  kmsKey: { unit: 'KMS keys', usd: 1, source: 'https://aws.amazon.com/kms/pricing/' },
  trace: { unit: 'traces recorded', usd: 5e-6, freeUnits: 100_000, source: XRAY },
  insight: { unit: 'traces processed by Insights', usd: 1e-6, source: XRAY },
} as const satisfies Record<string, Price>;

/**
 * The name of a price.
 */
export type PriceName = keyof typeof PRICES;

/**
 * A Honeycomb plan.
 *
 * @see https://www.honeycomb.io/pricing
 */
export interface HoneycombPlan {
  readonly name: string;
  /** Events a month. Each span is one. */
  readonly events: number;
  /** USD a month, or `undefined` if the price is on request. */
  readonly usd: number | undefined;
}

/**
 * The plans, smallest first.
 */
export const HONEYCOMB_PLANS: readonly HoneycombPlan[] = [
  { name: 'Free', events: 20_000_000, usd: 0 },
  // not verified against the page
  { name: 'Pro, its first step', events: 100_000_000, usd: 130 },
  { name: 'Pro, its larger steps', events: 1_500_000_000, usd: undefined },
  { name: 'Enterprise', events: Infinity, usd: undefined },
];

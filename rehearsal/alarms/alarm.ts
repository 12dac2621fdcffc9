import { z } from 'zod';
import { evaluateMath, type Column } from './metric-math';

const metricSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});

const querySchema = z.union([
  z.object({
    Id: z.string(),
    ReturnData: z.boolean().default(true),
    MetricStat: z.object({ Metric: metricSchema, Period: z.number(), Stat: z.string() }),
  }),
  z.object({ Id: z.string(), ReturnData: z.boolean().default(true), Expression: z.string() }),
]);

const settingsSchema = z.object({
  AlarmDescription: z.string(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.number(),
  EvaluationPeriods: z.number().int().min(1),
  DatapointsToAlarm: z.number().int().min(1).optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
});

const alarmSchema = z.union([
  settingsSchema.extend({ Metrics: z.array(querySchema).min(1) }),
  settingsSchema.extend({
    ...metricSchema.shape,
    Period: z.number(),
    Statistic: z.string().optional(),
    ExtendedStatistic: z.string().optional(),
  }),
]);

/** A metric, as the template names it. The values of its dimensions are not resolved. */
export type Metric = z.infer<typeof metricSchema>;

/**
 * What a metric received in each minute: no, one or many values.
 */
export type Samples = readonly (readonly number[])[];

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

type Alarm = z.infer<typeof alarmSchema>;

const COMPARISON: Record<
  Alarm['ComparisonOperator'],
  (value: number, threshold: number) => boolean
> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** How many periods more than it needs CloudWatch looks back, in the examples of its documentation. */
const OLDER_POINTS = 2;

/**
 * The states that an alarm goes through, as CloudWatch evaluates it: after each period, from the one with which its
 * evaluation range is complete.
 *
 * @param properties of an `AWS::CloudWatch::Alarm`
 * @param samplesOf what a metric of the alarm received
 * @throws for an alarm that cannot be evaluated, such as one with a misspelt function in its expression
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function evaluateAlarm(
  properties: unknown,
  samplesOf: (metric: Metric) => Samples,
): AlarmState[] {
  const alarm = alarmSchema.parse(properties);
  const { EvaluationPeriods: range, DatapointsToAlarm: needed = range } = alarm;
  const { TreatMissingData: missing, Threshold: threshold } = alarm;
  const breaches = COMPARISON[alarm.ComparisonOperator];
  const column = columnOf(alarm, samplesOf);

  const states: AlarmState[] = [];
  for (let end = range; end <= column.length; end += 1) {
    // older data stands in for what is missing
    const known = column
      .slice(Math.max(0, end - range - OLDER_POINTS), end)
      .filter((point) => point !== undefined)
      .slice(-range);
    const breaching = known.filter((point) => breaches(point, threshold)).length;
    if (known.length === 0 && missing === 'missing') {
      states.push('INSUFFICIENT_DATA');
    } else if (known.length === 0 && missing === 'ignore') {
      states.push(states.at(-1) ?? 'INSUFFICIENT_DATA');
    } else {
      const filled = missing === 'breaching' ? range - known.length : 0;
      states.push(breaching + filled >= needed ? 'ALARM' : 'OK');
    }
  }
  return states;
}

function columnOf(alarm: Alarm, samplesOf: (metric: Metric) => Samples): Column {
  if (!('Metrics' in alarm)) {
    const statistic = alarm.Statistic ?? alarm.ExtendedStatistic ?? '';
    return aggregate(samplesOf(alarm), alarm.Period, statistic);
  }
  const columns: Record<string, Column> = {};
  for (const query of alarm.Metrics) {
    if ('MetricStat' in query) {
      const { Metric, Period, Stat } = query.MetricStat;
      columns[query.Id] = aggregate(samplesOf(Metric), Period, Stat);
    }
  }
  const watched = alarm.Metrics.filter(({ ReturnData }) => ReturnData);
  const [result] = watched;
  if (!result || watched.length > 1) {
    throw new Error(
      `an alarm must watch one metric, got: ${watched.map(({ Id }) => Id).join(', ')}`,
    );
  }
  return 'Expression' in result
    ? evaluateMath(result.Expression, columns)
    : (columns[result.Id] ?? []);
}

/**
 * One value for each period, a multiple of 60 seconds, that has passed in full.
 */
export function aggregate(samples: Samples, periodSeconds: number, statistic: string): Column {
  const minutes = periodSeconds / 60;
  return Array.from({ length: Math.floor(samples.length / minutes) }, (_, period) => {
    const values = samples.slice(period * minutes, (period + 1) * minutes).flat();
    return values.length === 0 ? undefined : reduce(values, statistic);
  });
}

function reduce(values: readonly number[], statistic: string): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
  }
  const [, percentile] = /^p(\d+(?:\.\d+)?)$/.exec(statistic) ?? [];
  if (percentile === undefined) {
    throw new Error(`the rehearsal does not know the statistic ${statistic}`);
  }
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((Number(percentile) / 100) * sorted.length) - 1)] ?? 0;
}

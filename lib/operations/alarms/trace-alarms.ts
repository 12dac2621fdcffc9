import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { requireNumber } from '../../validation/prop-checks';
import { addRunbookAlarm, type AlarmNotificationProps } from './runbook-alarm';
import { LOST_TELEMETRY_LINES, type ServiceMetrics } from '../service-metrics';
import { tracesADay, USD_PER_MILLION_TRACES } from '../trace-price';
import { requestsThatLeaveATrace } from './untraced-requests';

/**
 * Properties for `TraceAlarms`.
 */
export interface TraceAlarmsProps extends AlarmNotificationProps {
  /**
   * What the alarms watch.
   */
  readonly metrics: ServiceMetrics;

  /**
   * Share of the requests that X-Ray samples beyond the reservoir, from 0 to 1, known at synth. Where paths have sampling rules
   * of their own, the lowest rate of those that may be the only ones requested.
   */
  readonly fixedRate: number;

  /**
   * Requests that X-Ray samples each second before `fixedRate` applies, of the same rule: whole, 0 or more, known at synth. With
   * 0 and a `fixedRate` of 0 there is no alarm for requests without traces.
   */
  readonly reservoirSize: number;

  /**
   * What the traces may cost in a month, in USD, 0 or more.
   *
   * @default - no alarm
   */
  readonly monthlyTraceBudgetUsd?: number;

  /**
   * What a million traces cost, in USD.
   *
   * @default 5 - the price in us-east-1, without Insights
   */
  readonly usdPerMillionTraces?: number;

  /**
   * How many traces with a fault X-Ray may record in 5 minutes, 0 or more.
   *
   * @default - no alarm: the share of 5xx responses counts every request, not only the sampled ones
   */
  readonly maxFaultTraces?: number;
}

const FIVE_MINUTES = Duration.minutes(5);
const DAY = Duration.days(1);

/**
 * Alarms for traces that stop, get lost, or cost too much: by default three, on four metrics.
 */
export class TraceAlarms extends Construct {
  /**
   * All alarms.
   */
  public readonly alarms: cloudwatch.Alarm[];

  /**
   * @throws for a value outside its limits, and for a sampling rate that is only known at deployment
   */
  constructor(scope: Construct, id: string, props: TraceAlarmsProps) {
    super(scope, id);

    const { metrics, monthlyTraceBudgetUsd, maxFaultTraces } = props;
    const { usdPerMillionTraces = USD_PER_MILLION_TRACES } = props;
    const requests = requestsThatLeaveATrace(props.fixedRate, props.reservoirSize);
    if (requests !== undefined) {
      addRunbookAlarm(this, 'RequestsWithoutTraces', props, {
        meaning: 'Requests arrived, but X-Ray recorded no trace, for 15 minutes.',
        section: 'requests-without-traces',
        metric: new cloudwatch.MathExpression({
          expression: `IF(FILL(requests, 0) > ${requests} AND FILL(traces, 0) < 1, 1, 0)`,
          usingMetrics: {
            requests: metrics.requests(FIVE_MINUTES),
            traces: metrics.traces(FIVE_MINUTES),
          },
          period: FIVE_MINUTES,
          label: 'requests without traces',
        }),
        threshold: 0,
        evaluationPeriods: 3,
      });
    }
    addRunbookAlarm(this, 'SpansRefused', props, {
      meaning:
        'Spans do not reach Honeycomb: it rejects them, does not answer, or the API key is missing.',
      section: 'spans-refused',
      metric: metrics.spansRefused(FIVE_MINUTES),
      threshold: LOST_TELEMETRY_LINES - 1,
      evaluationPeriods: 1,
    });
    addRunbookAlarm(this, 'DaemonErrors', props, {
      meaning:
        'The X-Ray daemon is not running, or cannot exchange segments and sampling rules with X-Ray.',
      section: 'daemon-errors',
      metric: metrics.daemonErrors(FIVE_MINUTES),
      threshold: LOST_TELEMETRY_LINES - 1,
      evaluationPeriods: 1,
    });
    if (monthlyTraceBudgetUsd !== undefined) {
      addRunbookAlarm(this, 'TraceBudget', props, {
        meaning: `X-Ray recorded more traces in a day than a budget of ${monthlyTraceBudgetUsd} USD a month allows.`,
        section: 'trace-budget',
        metric: metrics.traces(DAY),
        threshold: tracesADay(monthlyTraceBudgetUsd, usdPerMillionTraces),
        evaluationPeriods: 1,
      });
    }
    if (maxFaultTraces !== undefined) {
      requireNumber('maxFaultTraces', maxFaultTraces, { min: 0 });
      addRunbookAlarm(this, 'FaultTraces', props, {
        meaning: `X-Ray recorded more than ${maxFaultTraces} traces with a fault in 5 minutes.`,
        section: 'fault-traces',
        metric: metrics.faultTraces(FIVE_MINUTES),
        threshold: maxFaultTraces,
        evaluationPeriods: 1,
      });
    }
    this.alarms = this.node.children.filter((child) => child instanceof cloudwatch.Alarm);
  }
}

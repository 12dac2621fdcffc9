import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { TracedFargateService } from '../../fargate/traced-fargate-service';
import { requireNumber } from '../../validation/prop-checks';
import { addRunbookAlarm, type AlarmNotificationProps } from './runbook-alarm';
import type { ServiceMetrics } from '../service-metrics';

/**
 * Properties for `ServiceAlarms`.
 */
export interface ServiceAlarmsProps extends AlarmNotificationProps {
  /**
   * What the alarms watch.
   */
  readonly metrics: ServiceMetrics;

  /**
   * The service. ECS rolls back a deployment of it during which responses fail or become slow.
   */
  readonly service: ecs.FargateService;

  /**
   * How many tasks must be healthy: whole, 1 or more.
   *
   * @default TracedFargateService.DEFAULT_MIN_TASKS
   */
  readonly minTasks?: number;

  /**
   * Share of the responses that may be 5xx, in percent, from 0 to 100.
   *
   * @default ServiceAlarms.DEFAULT_MAX_ERROR_PERCENT
   */
  readonly maxErrorPercent?: number;

  /**
   * The p99 latency that is accepted, in seconds, 0.001 or more.
   *
   * @default ServiceAlarms.DEFAULT_MAX_LATENCY_SECONDS
   */
  readonly maxLatencySeconds?: number;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/**
 * Alarms for a service that fails, is slow, or is about to be: five, on six metrics.
 */
export class ServiceAlarms extends Construct {
  /**
   * Share of the responses that may be 5xx, in percent.
   */
  public static readonly DEFAULT_MAX_ERROR_PERCENT = 5;

  /**
   * The p99 latency that is accepted, in seconds.
   */
  public static readonly DEFAULT_MAX_LATENCY_SECONDS = 2;

  /**
   * All alarms.
   */
  public readonly alarms: cloudwatch.Alarm[];

  /**
   * @throws for a value outside its limits
   */
  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);

    const { metrics, service } = props;
    const { minTasks = TracedFargateService.DEFAULT_MIN_TASKS } = props;
    const { maxErrorPercent = ServiceAlarms.DEFAULT_MAX_ERROR_PERCENT } = props;
    const { maxLatencySeconds = ServiceAlarms.DEFAULT_MAX_LATENCY_SECONDS } = props;
    requireNumber('minTasks', minTasks, { min: 1, whole: true });
    requireNumber('maxErrorPercent', maxErrorPercent, { min: 0, max: 100 });
    requireNumber('maxLatencySeconds', maxLatencySeconds, { min: 0.001 });

    const serverErrors = addRunbookAlarm(this, 'ServerErrors', props, {
      meaning: `More than ${maxErrorPercent} % of the responses were 5xx in 3 of the last 5 minutes.`,
      section: 'server-errors',
      metric: new cloudwatch.MathExpression({
        expression: '100 * FILL(errors, 0) / requests',
        usingMetrics: { errors: metrics.serverErrors(MINUTE), requests: metrics.requests(MINUTE) },
        period: MINUTE,
        label: 'share of 5xx',
      }),
      threshold: maxErrorPercent,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
    });
    const slowResponses = addRunbookAlarm(this, 'SlowResponses', props, {
      meaning: `The p99 latency was above ${maxLatencySeconds} s in 3 of the last 5 minutes.`,
      section: 'slow-responses',
      metric: metrics.latency(99, MINUTE),
      threshold: maxLatencySeconds,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
    });
    rollBackOn(service, [serverErrors, slowResponses]);

    const tooFewTasks = addRunbookAlarm(this, 'TooFewTasks', props, {
      meaning: `Fewer than ${minTasks} healthy ${minTasks === 1 ? 'task' : 'tasks'} for 5 minutes.`,
      section: 'too-few-tasks',
      metric: metrics.healthyTasks(MINUTE),
      threshold: minTasks,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      // without any task there is no count
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    // a service has no task before it is deployed
    tooFewTasks.node.addDependency(service);
    addRunbookAlarm(this, 'HighCpu', props, {
      meaning:
        'The average CPU was above 85 % for 15 minutes: scaling out is not enough, or not possible.',
      section: 'high-cpu',
      metric: metrics.cpu(FIVE_MINUTES),
      threshold: 85,
      evaluationPeriods: 3,
    });
    addRunbookAlarm(this, 'HighMemory', props, {
      meaning: 'A task used more than 90 % of its memory for 15 minutes; at 100 % ECS stops it.',
      section: 'high-memory',
      metric: metrics.memory(FIVE_MINUTES),
      threshold: 90,
      evaluationPeriods: 3,
    });
    this.alarms = this.node.children.filter((child) => child instanceof cloudwatch.Alarm);
  }
}

/**
 * Has ECS roll back a deployment during which one of the alarms fires. They must watch the load balancer: an alarm on a metric
 * of the service itself depends on the service, which depends on the alarm.
 */
function rollBackOn(service: ecs.FargateService, alarms: readonly cloudwatch.Alarm[]): void {
  const resource = service.node.findChild('Service');
  if (!(resource instanceof ecs.CfnService)) {
    throw new Error(`\`service\` must have an AWS::ECS::Service, got: ${service.node.path}`);
  }
  // enableDeploymentAlarms() reports a possible cycle at every synth, because the names are references
  resource.addPropertyOverride('DeploymentConfiguration.Alarms', {
    AlarmNames: alarms.map(({ alarmName }) => alarmName),
    Enable: true,
    Rollback: true,
  });
}

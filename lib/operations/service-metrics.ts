import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ITraceGroup } from '../xray/trace-group-base';

/**
 * Properties for `ServiceMetrics`.
 */
export interface ServiceMetricsProps {
  /**
   * The service whose tasks run the application and the X-Ray daemon.
   */
  readonly service: ecs.FargateService;

  /**
   * The load balancer in front of the service.
   */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /**
   * The tasks, as the load balancer sees them. A listener must forward to it.
   */
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  /**
   * Where the application and the daemon write their logs; the application writes one JSON object a line, with `logger`.
   */
  readonly logGroup: logs.ILogGroup;

  /**
   * The traces of the service.
   */
  readonly traceGroup: ITraceGroup;

  /**
   * The traces in which the service failed.
   */
  readonly faultTraceGroup: ITraceGroup;

  /**
   * Namespace of the two metrics from the logs.
   *
   * @default - the path of this construct, which no other stack of the account has
   */
  readonly metricNamespace?: string;
}

/** Loggers that report spans lost on the way to Honeycomb: this project's exporter, OpenTelemetry's own, and the queue. */
const SPAN_LOSS_LOGGERS = [
  'flask_tracing.export',
  'opentelemetry.exporter.otlp.proto.http.trace_exporter',
  'opentelemetry.sdk._shared_internal',
];

/** Appears in the one line in which the application reports, at its start, that it has no usable key for Honeycomb. */
const NO_KEY_TERM = 'HONEYCOMB_API_KEY';

/**
 * Appear in what the daemon reports about segments that it loses and sampling rules that it cannot fetch.
 */
export const DAEMON_ERROR_TERMS = [
  '[Error]',
  'Spilling over',
  'Segment dropped',
  'Unprocessed segments',
  'http: proxy error',
];

/** Appear in what the application reports about a daemon that does not answer. */
const DAEMON_LOSS_TERMS = [
  'no sampling rules from the X-Ray daemon',
  'could not be sent to the X-Ray daemon',
];

/** Reports, from within the X-Ray SDK, that the daemon has stopped answering. */
const DAEMON_LOSS_LOGGER = 'aws_xray_sdk.core.sampling.target_poller';

/**
 * How many such lines in 5 minutes are more than a passing fault: the application writes at most one a minute for each cause,
 * and a daemon that ECS restarts is back after two.
 */
export const LOST_TELEMETRY_LINES = 3;

/**
 * The metrics of a traced service, for alarms and dashboards.
 *
 * Two of them, `SpansRefused` and `DaemonErrors`, are from the logs. CloudWatch bills them only for the hours in which a
 * line matches; all others exist anyway.
 */
export class ServiceMetrics extends Construct {
  private readonly namespace: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceMetricsProps,
  ) {
    super(scope, id);

    this.namespace = props.metricNamespace ?? this.node.path;
    const logger = (name: string) => logs.FilterPattern.stringValue('$.logger', '=', name);
    this.count('SpansRefused', SPAN_LOSS_LOGGERS.map(logger));
    // written once at the start of a task, and true for as long as it runs
    this.count('SpansRefused', [logs.FilterPattern.allTerms(NO_KEY_TERM)], LOST_TELEMETRY_LINES);
    this.count('DaemonErrors', [
      ...[...DAEMON_ERROR_TERMS, ...DAEMON_LOSS_TERMS].map((term) =>
        logs.FilterPattern.allTerms(term),
      ),
      logger(DAEMON_LOSS_LOGGER),
    ]);
  }

  /** Requests that reached a task, without the load balancer's health checks. */
  public requests(period: Duration): cloudwatch.Metric {
    return this.ofTasks('RequestCount', cloudwatch.Stats.SUM, period, 'requests');
  }

  /** Traces that X-Ray recorded. */
  public traces(period: Duration): cloudwatch.Metric {
    return this.props.traceGroup.metricTraceCount({ period, label: 'traces' });
  }

  /** Traces that X-Ray recorded in which a request failed. */
  public faultTraces(period: Duration): cloudwatch.Metric {
    return this.props.faultTraceGroup.metricTraceCount({ period, label: 'traces with a fault' });
  }

  /** Responses of the tasks with a status of 500 and above. */
  public serverErrors(period: Duration): cloudwatch.Metric {
    const label = '5xx of the tasks';
    return this.ofTasks('HTTPCode_Target_5XX_Count', cloudwatch.Stats.SUM, period, label);
  }

  /** Responses with a status of 500 and above that the load balancer itself made, because no task answered. */
  public loadBalancerErrors(period: Duration): cloudwatch.Metric {
    const { metrics } = this.props.loadBalancer;
    return metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT, {
      period,
      label: '5xx of the load balancer',
    });
  }

  /**
   * Seconds between forwarding a request to a task and the start of its response.
   *
   * @param percentile 0 to 100
   */
  public latency(percentile: number, period: Duration): cloudwatch.Metric {
    const statistic = cloudwatch.Stats.percentile(percentile);
    return this.ofTasks('TargetResponseTime', statistic, period, `p${percentile}`);
  }

  /** Tasks that answer their health checks. */
  public healthyTasks(period: Duration): cloudwatch.Metric {
    // each node of the load balancer counts the tasks of all zones; a node that has just started has checked none yet
    return this.ofTasks('HealthyHostCount', cloudwatch.Stats.MAXIMUM, period, 'healthy tasks');
  }

  /** Share of the CPU that the tasks use on average, in percent. */
  public cpu(period: Duration): cloudwatch.Metric {
    return this.props.service.metricCpuUtilization({ period, label: 'CPU' });
  }

  /** Share of its memory that the task with the least left uses, in percent. */
  public memory(period: Duration): cloudwatch.Metric {
    return this.props.service.metricMemoryUtilization({
      period,
      statistic: cloudwatch.Stats.MAXIMUM,
      label: 'memory',
    });
  }

  /** Log lines about spans that did not reach Honeycomb: at most one a minute for each task and cause. */
  public spansRefused(period: Duration): cloudwatch.Metric {
    return this.logged('SpansRefused', period, 'spans refused');
  }

  /** Log lines about segments that the daemon lost, and about a daemon that does not answer. */
  public daemonErrors(period: Duration): cloudwatch.Metric {
    return this.logged('DaemonErrors', period, 'daemon errors');
  }

  private count(metricName: string, patterns: readonly logs.IFilterPattern[], value = 1): void {
    for (const filterPattern of patterns) {
      new logs.MetricFilter(this, `${metricName}${filterPattern.logPatternString}`, {
        logGroup: this.props.logGroup,
        filterPattern,
        metricNamespace: this.namespace,
        metricName,
        metricValue: String(value),
      });
    }
  }

  // not `targetGroup.metrics`, which reads the load balancer's name out of the ARN of a listener
  private ofTasks(
    metricName: string,
    statistic: string,
    period: Duration,
    label: string,
  ): cloudwatch.Metric {
    const { loadBalancer, targetGroup } = this.props;
    return new cloudwatch.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensionsMap: {
        LoadBalancer: loadBalancer.loadBalancerFullName,
        TargetGroup: targetGroup.targetGroupFullName,
      },
      statistic,
      period,
      label,
    });
  }

  private logged(metricName: string, period: Duration, label: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.namespace,
      metricName,
      statistic: cloudwatch.Stats.SUM,
      period,
      label,
    });
  }
}

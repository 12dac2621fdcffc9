import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ServiceMetrics } from './service-metrics';
import { USD_PER_MILLION_TRACES } from './trace-price';

/**
 * Properties for `ServiceDashboard`.
 */
export interface ServiceDashboardProps {
  /**
   * What the dashboard shows.
   */
  readonly metrics: ServiceMetrics;

  /**
   * Name of the dashboard, unique in the account: letters, digits, `-` and `_`, 255 at most.
   */
  readonly dashboardName: string;

  /**
   * Where else to look, by what is there.
   *
   * @example
   * { 'Traces in X-Ray': group.consoleUrl }
   */
  readonly links: Readonly<Record<string, string>>;

  /**
   * Alarms whose state is shown.
   *
   * @default - none
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * What a million traces cost, in USD.
   *
   * @default 5 - the price in us-east-1, without Insights
   */
  readonly usdPerMillionTraces?: number;
}

const FIVE_MINUTES = Duration.minutes(5);
const DAY = Duration.days(1);
const WIDTH = 24;

/**
 * A dashboard of a traced service: its health, whether its traces arrive, and what they cost.
 */
export class ServiceDashboard extends Construct {
  /**
   * The dashboard in the CloudWatch console.
   */
  public readonly url: string;

  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id);

    const { metrics, dashboardName, links, alarms = [] } = props;
    const { usdPerMillionTraces = USD_PER_MILLION_TRACES } = props;
    const dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(
      new cloudwatch.TextWidget({
        markdown: Object.entries(links)
          .map(([label, url]) => `[${label}](${url})`)
          .join(' | '),
        width: WIDTH,
        height: 1,
        background: cloudwatch.TextWidgetBackground.TRANSPARENT,
      }),
    );
    if (alarms.length > 0) {
      dashboard.addWidgets(
        new cloudwatch.AlarmStatusWidget({
          title: 'Alarms',
          alarms: [...alarms],
          width: WIDTH,
          height: 3,
        }),
      );
    }
    dashboard.addWidgets(
      graph('Requests and traces, in 5 minutes', [
        metrics.requests(FIVE_MINUTES),
        metrics.traces(FIVE_MINUTES),
      ]),
      graph('Share of the requests that X-Ray sampled, %', [
        new cloudwatch.MathExpression({
          expression: '100 * FILL(traces, 0) / requests',
          usingMetrics: {
            requests: metrics.requests(FIVE_MINUTES),
            traces: metrics.traces(FIVE_MINUTES),
          },
          period: FIVE_MINUTES,
          label: 'sampled',
        }),
      ]),
      graph(
        'Cost of the traces of the last 30 days, USD',
        [
          new cloudwatch.MathExpression({
            expression: `RUNNING_SUM(FILL(traces, 0)) * ${usdPerMillionTraces} / 1000000`,
            usingMetrics: { traces: metrics.traces(DAY) },
            period: DAY,
            label: 'before the free 100,000 of each month',
          }),
        ],
        { start: '-P30D' },
      ),
    );
    dashboard.addWidgets(
      graph(
        'Latency, s',
        [50, 90, 99].map((rank) => metrics.latency(rank, FIVE_MINUTES)),
      ),
      graph('Errors, in 5 minutes', [
        metrics.serverErrors(FIVE_MINUTES),
        metrics.loadBalancerErrors(FIVE_MINUTES),
        metrics.faultTraces(FIVE_MINUTES),
      ]),
      graph('Telemetry lost, log lines in 5 minutes', [
        metrics.spansRefused(FIVE_MINUTES),
        metrics.daemonErrors(FIVE_MINUTES),
      ]),
    );
    dashboard.addWidgets(
      graph('Healthy tasks', [metrics.healthyTasks(FIVE_MINUTES)], { width: WIDTH / 2 }),
      graph(
        'CPU and memory of the tasks, %',
        [metrics.cpu(FIVE_MINUTES), metrics.memory(FIVE_MINUTES)],
        { width: WIDTH / 2 },
      ),
    );
    const { region } = dashboard.env;
    this.url = `https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  }
}

function graph(
  title: string,
  left: readonly cloudwatch.IMetric[],
  options: cloudwatch.GraphWidgetProps = {},
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title,
    left: [...left],
    leftYAxis: { min: 0, showUnits: false },
    width: WIDTH / 3,
    height: 6,
    liveData: true,
    ...options,
  });
}

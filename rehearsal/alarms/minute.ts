import type { Metric, Samples } from './alarm';
import { samplesFromLog } from './metric-filter';

/** What the load balancer, ECS, X-Ray, and the log receive in one minute. */
export interface Minute {
  readonly requests: number;
  /** Responses of the application with a status of 500 or above. */
  readonly errors: number;
  /** Seconds, of each response. */
  readonly latencies: readonly number[];
  /** 1 for each health check that passed, 0 for each that failed. */
  readonly healthChecks: readonly number[];
  readonly cpuPercent: number;
  readonly memoryPercent: number;
  /** Recorded traces, by the name of the group that selects them. */
  readonly traces: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The resources of a template, as they are synthesized. */
export type TemplateResources = Readonly<Record<string, Resource>>;

/** The dimensions of each namespace whose metrics can be told from a run, and the type of resource that each refers to. */
const DIMENSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS/ApplicationELB': {
    LoadBalancer: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    TargetGroup: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  },
  'AWS/ECS': { ClusterName: 'AWS::ECS::Cluster', ServiceName: 'AWS::ECS::Service' },
};

/** Returns what a metric receives in a minute; `undefined` for a metric that no run shows. */
const MEASURED: Readonly<Record<string, (minute: Minute) => readonly number[]>> = {
  'AWS/ApplicationELB RequestCount': ({ requests }) => [requests],
  // a load balancer reports no zeros
  'AWS/ApplicationELB HTTPCode_Target_5XX_Count': ({ errors }) => (errors > 0 ? [errors] : []),
  'AWS/ApplicationELB TargetResponseTime': ({ latencies }) => latencies,
  'AWS/ApplicationELB HealthyHostCount': ({ healthChecks }) => healthChecks,
  'AWS/ECS CPUUtilization': ({ cpuPercent }) => [cpuPercent],
  'AWS/ECS MemoryUtilization': ({ memoryPercent }) => [memoryPercent],
};

/**
 * Returns what the metrics of a template's alarms receive if a minute repeats itself.
 *
 * @throws for a metric that no run shows
 */
export function repeated(
  minute: Minute,
  minutes: number,
  resources: TemplateResources,
): (metric: Metric) => Samples {
  const filters = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
    .map(({ Properties }) => Properties ?? {})
    .filter(({ LogGroupName }) => logGroups(resources).includes(JSON.stringify(LogGroupName)));
  return (metric) => {
    const samples = received(metric, minute, filters, resources);
    return Array.from({ length: minutes }, () => samples);
  };
}

function received(
  metric: Metric,
  minute: Minute,
  filters: readonly unknown[],
  resources: TemplateResources,
): readonly number[] {
  const { Namespace, MetricName, Dimensions } = metric;
  if (Namespace === 'AWS/X-Ray' && MetricName === 'ApproximateTraceCount') {
    const group = Dimensions.find(({ Name }) => Name === 'GroupName')?.Value;
    const traces = minute.traces[typeof group === 'string' ? group : ''] ?? 0;
    return traces > 0 ? [traces] : [];
  }
  const measure = MEASURED[`${Namespace} ${MetricName}`];
  if (measure) {
    return isOfTemplate(metric, resources) ? measure(minute) : [];
  }
  if (Namespace.startsWith('AWS/')) {
    throw new Error(`no run shows the metric ${Namespace} ${MetricName}`);
  }
  return samplesFromLog(filters, metric, [minute.lines])[0] ?? [];
}

/** Whether each dimension that the metric must have refers to a resource of the template. */
function isOfTemplate({ Namespace, Dimensions }: Metric, resources: TemplateResources): boolean {
  const expected = Object.entries(DIMENSIONS[Namespace] ?? {});
  return (
    Dimensions.length === expected.length &&
    expected.every(([name, type]) => {
      const value = JSON.stringify(Dimensions.find(({ Name }) => Name === name)?.Value ?? '');
      return Object.entries(resources).some(
        ([id, { Type }]) => Type === type && value.includes(`"${id}"`),
      );
    })
  );
}

/** The log groups of all containers, as JSON. */
function logGroups(resources: TemplateResources): string[] {
  return Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => {
      const { ContainerDefinitions } = Properties as {
        ContainerDefinitions: { LogConfiguration?: { Options?: Record<string, unknown> } }[];
      };
      return ContainerDefinitions.map(({ LogConfiguration }) =>
        JSON.stringify(LogConfiguration?.Options?.['awslogs-group']),
      );
    });
}

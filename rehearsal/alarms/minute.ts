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
  /** Log lines, by the name of the container that wrote them. */
  readonly lines: Readonly<Record<string, readonly string[]>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface ContainerDefinition {
  readonly Name: string;
  readonly LogConfiguration?: { readonly Options?: Readonly<Record<string, unknown>> };
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
  return (metric) => {
    const samples = received(metric, minute, resources);
    return Array.from({ length: minutes }, () => samples);
  };
}

function received(metric: Metric, minute: Minute, resources: TemplateResources): readonly number[] {
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
  return logGroups(resources).flatMap(({ container, filters }) =>
    samplesFromLog(filters, metric, [minute.lines[container] ?? []]).flat(),
  );
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

/** Each container, with the metric filters of the log group that it writes to. */
function logGroups(resources: TemplateResources) {
  const propertiesOf = (type: string) =>
    Object.values(resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
  const groupOf = (properties?: Readonly<Record<string, unknown>>, name = 'LogGroupName') =>
    JSON.stringify(properties?.[name]);
  return propertiesOf('AWS::ECS::TaskDefinition').flatMap((task) =>
    (task?.ContainerDefinitions as ContainerDefinition[]).map(({ Name, LogConfiguration }) => ({
      container: Name,
      filters: propertiesOf('AWS::Logs::MetricFilter').filter(
        (filter) => groupOf(filter) === groupOf(LogConfiguration?.Options, 'awslogs-group'),
      ),
    })),
  );
}

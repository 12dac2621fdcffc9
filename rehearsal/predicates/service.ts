import { type Graph, NotKnown, type Part, type Predicates } from './graph';
import { forwardingTo, serviceOf, T, targetGroupOf, targetOf } from './parts';

const FARGATE = /^FARGATE(_SPOT)?$/;

/** Tasks that ECS keeps running: as many as the service states, or the least that it scales to. */
function countOf(service: Part, graph: Graph): number {
  const [target] = scalableTargetsOf(graph);
  return service.number('DesiredCount', target?.number('MinCapacity') ?? 1);
}

export function scalableTargetsOf(graph: Graph): Part[] {
  const { id } = serviceOf(graph);
  return graph.ofType(T.scalableTarget).filter((item) => item.text('ResourceId').includes(id));
}

const METRICS = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ALBRequestCountPerTarget',
];

const isWithin = (count: number, most: number) => count >= 1 && count <= most;

/** Predicates of facts.md. */
export const SERVICE_PREDICATES: Predicates = {
  'be FARGATE': (service, property, graph) => {
    const cluster = graph.find(T.cluster, service.get('Cluster'));
    const strategies = [
      ...service.parts('CapacityProviderStrategy'),
      ...(cluster?.parts('DefaultCapacityProviderStrategy') ?? []),
    ];
    const launchType = service.get(property);
    return launchType === undefined
      ? strategies.length > 0 &&
          strategies.every((item) => FARGATE.test(item.text('CapacityProvider')))
      : launchType === 'FARGATE' && service.parts('CapacityProviderStrategy').length === 0;
  },
  'name providers of the cluster': (service, property, graph) => {
    const cluster = graph.find(T.cluster, service.get('Cluster'));
    const associations = graph
      .ofType('AWS::ECS::ClusterCapacityProviderAssociations')
      .filter((item) => graph.find(T.cluster, item.get('Cluster')) === cluster);
    const providers = [...(cluster ? [cluster] : []), ...associations].flatMap((item) =>
      item.texts('CapacityProviders'),
    );
    return service
      .parts(property)
      .every((item) => providers.includes(item.text('CapacityProvider')));
  },
  'name alarms that exist': (service, property, graph) => {
    const names = service.texts(`${property}.AlarmNames`);
    const alarms = graph.ofType('AWS::CloudWatch::Alarm');
    const unknown = names.find(
      (name) => !alarms.some((alarm) => [alarm.id, alarm.get('AlarmName')].includes(name)),
    );
    if (unknown !== undefined) {
      throw new NotKnown(`${unknown} is not in the template`);
    }
    return service.text(`${property}.Enable`, 'false') === 'false' || names.length > 0;
  },
  'be a cluster of the template': (service, property, graph) =>
    graph.find(T.cluster, service.get(property)) !== undefined,
  'be that of the template': (service, property, graph) =>
    graph
      .ofType(T.task)
      // by its family, as the CDK does for CodeDeploy: its last revision
      .some((task) => [task.id, task.get('Family')].includes(service.get(property))),
  'allow ECS to start or stop a task': (service, property, graph) => {
    const count = countOf(service, graph);
    const least = service.number(`${property}.MinimumHealthyPercent`, 100);
    const most = service.number(`${property}.MaximumPercent`, 200);
    const known = [
      'MinimumHealthyPercent',
      'MaximumPercent',
      'DeploymentCircuitBreaker',
      'Alarms',
      'Strategy',
      'BakeTimeInMinutes',
    ];
    return (
      service.keysOf(property).every((key) => known.includes(key)) &&
      (Math.floor((count * most) / 100) > count || Math.ceil((count * least) / 100) < count) &&
      Math.floor((count * most) / 100) >= 1
    );
  },
  'be ROLLING, or have what it needs': (service, property, graph) => {
    if (targetOf(graph).get('AdvancedConfiguration') !== undefined) {
      throw new NotKnown('it shifts requests to another target group');
    }
    return service.text(property, 'ROLLING') === 'ROLLING';
  },
  'be off where no task may be added first': (service, property) =>
    service.get(property) !== 'ENABLED' ||
    service.number('DeploymentConfiguration.MaximumPercent', 200) > 100,
  'leave 30 s to start, with the checks that may fail': (service, property, graph) => {
    const group = targetGroupOf(graph);
    const checks =
      group.number('UnhealthyThresholdCount', 2) * group.number('HealthCheckIntervalSeconds', 30);
    const grace = service.number(property, 0);
    return grace >= 0 && grace + checks >= 30;
  },
  'have the listener created first': (service, _, graph) =>
    forwardingTo(graph, targetGroupOf(graph)).some(({ id }) => graph.dependsOn(service.id, id)),
  'name one to sixteen': (service, property) => isWithin(service.texts(property).length, 16),
  'name one to five': (service, property) => isWithin(service.texts(property).length, 5),
  'be the least or more': (target, property) =>
    target.number(property) >= target.number('MinCapacity'),
  'keep one task': (target, property) =>
    target.parts(property).every((item) => item.number('ScalableTargetAction.MaxCapacity', 1) >= 1),
  'be that of its configuration': (policy, property) =>
    policy.get(`${policy.text(property, 'StepScaling')}PolicyConfiguration`) !== undefined,
  'be a target of the template': (policy, property, graph) =>
    policy.get('ResourceId') !== undefined ||
    graph.find(T.scalableTarget, policy.get(property)) !== undefined,
  'track a metric of ECS at a target above 0': (policy, property) => {
    const metric = `${property}.PredefinedMetricSpecification.PredefinedMetricType`;
    const target = policy.number(`${property}.TargetValue`, 1);
    const most = policy.text(metric).endsWith('Utilization') ? 100 : Infinity;
    return (
      target > 0 &&
      target <= most &&
      (policy.get(property) === undefined ||
        policy.get(`${property}.CustomizedMetricSpecification`) !== undefined ||
        (METRICS.includes(policy.text(metric)) &&
          policy.text(metric).startsWith('ALB') ===
            policy.keysOf(`${property}.PredefinedMetricSpecification`).includes('ResourceLabel')))
    );
  },
  'be containerInsights': (cluster, property) =>
    cluster
      .parts(property)
      .every(
        (item) =>
          item.text('Name') === 'containerInsights' &&
          ['enabled', 'enhanced', 'disabled'].includes(item.text('Value')),
      ),
  'name the service and its cluster': (target, property, graph) => {
    const service = serviceOf(graph);
    const [kind, cluster, name] = target.text(property).split('/');
    return (
      kind === 'service' &&
      cluster === service.get('Cluster') &&
      [`${service.id}.Name`, service.get('ServiceName')].includes(name)
    );
  },
  'have one service, with one load balancer': (_, __, graph) => targetGroupOf(graph).id !== '',
  'have no assertion that fails': (_, __, graph) => graph.failedAssertions.length === 0,
};

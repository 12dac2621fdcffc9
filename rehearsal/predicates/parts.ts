import { Refusal } from '../refusal';
import type { Graph, Part } from './graph';

/** Types of resources, by a short name. */
export const T = {
  service: 'AWS::ECS::Service',
  task: 'AWS::ECS::TaskDefinition',
  cluster: 'AWS::ECS::Cluster',
  role: 'AWS::IAM::Role',
  logGroup: 'AWS::Logs::LogGroup',
  vpc: 'AWS::EC2::VPC',
  subnet: 'AWS::EC2::Subnet',
  securityGroup: 'AWS::EC2::SecurityGroup',
  loadBalancer: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  listener: 'AWS::ElasticLoadBalancingV2::Listener',
  listenerRule: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  targetGroup: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  scalableTarget: 'AWS::ApplicationAutoScaling::ScalableTarget',
  scalingPolicy: 'AWS::ApplicationAutoScaling::ScalingPolicy',
} as const;

const NETWORK = 'NetworkConfiguration.AwsvpcConfiguration';
export const SUBNETS = `${NETWORK}.Subnets`;
export const SECURITY_GROUPS = `${NETWORK}.SecurityGroups`;

/** The parts of a template that a request and its trace depend on, each found from the service. */
export function serviceOf(graph: Graph): Part {
  return only(graph.ofType(T.service), 'the template must have one AWS::ECS::Service');
}

export function taskOf(graph: Graph): Part {
  // a fact checks that the service runs it
  const task = graph.find(T.task, serviceOf(graph).get('TaskDefinition'));
  return only(task ? [task] : graph.ofType(T.task), 'the template must have one task definition');
}

export function containersOf(graph: Graph): Part[] {
  return taskOf(graph).parts('ContainerDefinitions');
}

/** The container that the load balancer sends requests to. */
export function applicationOf(graph: Graph): Part {
  const name = targetOf(graph).get('ContainerName');
  const found = containersOf(graph).find((container) => container.get('Name') === name);
  return only([found], `the task must have the container ${String(name)}`);
}

export function daemonOf(graph: Graph): Part {
  const found = containersOf(graph).find((container) =>
    container.text('Image').includes('aws-xray-daemon'),
  );
  return only([found], 'the task must have a container with an aws-xray-daemon image');
}

/** The service's entry about its target group, with the container and its port. */
export function targetOf(graph: Graph): Part {
  return only(
    serviceOf(graph).parts('LoadBalancers').slice(0, 1),
    'the service must have a load balancer',
  );
}

export function targetGroupOf(graph: Graph): Part {
  const group = graph.find(T.targetGroup, targetOf(graph).get('TargetGroupArn'));
  return only([group], 'the service must register with a target group of the template');
}

/** The listeners and the rules that forward to the service's target group. */
export function forwardingTo(graph: Graph, group: Part): Part[] {
  const forwards = (actions: Part[]) =>
    actions.some(
      (action) =>
        action.get('Type') === 'forward' &&
        [
          action,
          ...action.parts('ForwardConfig').flatMap((item) => item.parts('TargetGroups')),
        ].some(
          (item) =>
            graph.find(T.targetGroup, item.get('TargetGroupArn')) === group &&
            item.text('Weight') !== '0',
        ),
    );
  return [
    ...graph.ofType(T.listener).filter((item) => forwards(item.parts('DefaultActions'))),
    ...graph.ofType(T.listenerRule).filter((item) => forwards(item.parts('Actions'))),
  ];
}

/** The listeners of the service's load balancer. */
export function listenersOf(graph: Graph): Part[] {
  const balancer = loadBalancerOf(graph);
  return graph
    .ofType(T.listener)
    .filter((item) => graph.find(T.loadBalancer, item.get('LoadBalancerArn')) === balancer);
}

export function loadBalancerOf(graph: Graph): Part {
  const [entry] = forwardingTo(graph, targetGroupOf(graph));
  const listener = entry && (graph.find(T.listener, entry.get('ListenerArn') ?? entry.id) ?? entry);
  return only(
    [listener && graph.find(T.loadBalancer, listener.get('LoadBalancerArn'))],
    'a listener of a load balancer must forward to the target group',
  );
}

export function rolesOf(graph: Graph): Part[] {
  return ['ExecutionRoleArn', 'TaskRoleArn'].flatMap(
    (property) => graph.find(T.role, taskOf(graph).get(property)) ?? [],
  );
}

export function logGroupsOf(graph: Graph): Part[] {
  const names = containersOf(graph).map((item) =>
    item.get('LogConfiguration.Options.awslogs-group'),
  );
  return [...new Set(names.flatMap((name) => graph.find(T.logGroup, name) ?? []))];
}

export function securityGroupsOf(graph: Graph, owner: Part, property: string): Part[] {
  return owner.texts(property).flatMap((id) => graph.find(T.securityGroup, id) ?? []);
}

export function subnetsOf(graph: Graph, owner: Part, property: string): Part[] {
  return owner.texts(property).flatMap((id) => graph.find(T.subnet, id) ?? []);
}

/** The values of a container's variables. To read one that only a deployment knows throws `NotKnown`. */
export function variablesOf(container: Part): Record<string, string> {
  const variables = container
    .parts('Environment')
    .map(
      (item) => [item.text('Name'), { enumerable: true, get: () => item.text('Value') }] as const,
    );
  return Object.defineProperties({}, Object.fromEntries(variables));
}

/** What the application calls itself, in X-Ray first. */
export function serviceNameOf(graph: Graph): string {
  const { AWS_XRAY_TRACING_NAME, OTEL_SERVICE_NAME } = variablesOf(applicationOf(graph));
  return AWS_XRAY_TRACING_NAME ?? OTEL_SERVICE_NAME ?? applicationOf(graph).text('Name');
}

function only(parts: readonly (Part | undefined)[], must: string): Part {
  const [part, another] = parts;
  if (!part || another) {
    throw new Refusal(must);
  }
  return part;
}

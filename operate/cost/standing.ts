import { OperatorError } from '../operator-error';
import { HOURS_A_MONTH, type PriceName } from './prices';
import { list, number, property, type Resource, resourcesOf, type Template } from './template';

/**
 * What is used in a month, and its price.
 */
export interface Usage {
  readonly what: string;
  readonly price: PriceName;
  /** Units of the price. */
  readonly units: number;
}

/**
 * What a stack uses without any requests; and the resource types that are free, or whose price is not known.
 */
export interface Standing {
  readonly usages: readonly Usage[];
  readonly free: readonly string[];
  readonly unpriced: readonly string[];
}

/** Prices all resources of a type. */
type Pricing = (
  resources: readonly Resource[],
  template: Template,
  tasks: number,
) => readonly Usage[];

/**
 * Returns how many tasks run without any requests: the minimum of autoscaling, or else the desired count.
 */
export function idleTasks(template: Template): number {
  const [target] = resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const [service] = resourcesOf(template, 'AWS::ECS::Service');
  if (target) {
    return number(target, 'MinCapacity');
  }
  return service && property(service, 'DesiredCount') !== undefined
    ? number(service, 'DesiredCount')
    : 1;
}

/**
 * Returns what a month of the template uses without any requests.
 *
 * @param tasks number of running tasks of each service
 * @throws OperatorError if a property that decides the price is not a number in the template
 */
export function standing(template: Template, tasks: number): Standing {
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort();
  return {
    usages: types.flatMap(
      (type) => PRICED[type]?.(resourcesOf(template, type), template, tasks) ?? [],
    ),
    free: types.filter((type) => FREE.has(type)),
    unpriced: types.filter((type) => !FREE.has(type) && !(type in PRICED)),
  };
}

/** Types that are billed for existing. */
const PRICED: Readonly<Record<string, Pricing>> = {
  'AWS::CloudWatch::Alarm': (alarms) => [
    {
      what: 'alarms, by metric',
      price: 'alarmMetric',
      units: alarms.reduce((sum, alarm) => sum + alarmMetrics(alarm), 0),
    },
  ],
  'AWS::CloudWatch::CompositeAlarm': ({ length }) => [
    { what: 'composite alarms', price: 'compositeAlarm', units: length },
  ],
  'AWS::CloudWatch::Dashboard': ({ length }) => [
    { what: 'dashboard', price: 'dashboard', units: length },
  ],
  'AWS::EC2::NatGateway': ({ length }) => [
    { what: 'NAT gateway', price: 'natGateway', units: length * HOURS_A_MONTH },
  ],
  'AWS::ECS::Service': (services, template, tasks) =>
    services.flatMap((service) => fargateService(service, template, tasks)),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (balancers) => [
    { what: 'load balancer', price: 'loadBalancer', units: balancers.length * HOURS_A_MONTH },
    ...addresses(
      'public IPv4 of the load balancer',
      balancers
        .filter((balancer) => property(balancer, 'Scheme') === 'internet-facing')
        .reduce((sum, balancer) => sum + list(balancer, 'Subnets').length, 0),
    ),
  ],
  'AWS::KMS::Key': ({ length }) => [{ what: 'KMS key', price: 'kmsKey', units: length }],
  // billed only for the hours in which a line matches: this is the maximum
  'AWS::Logs::MetricFilter': (filters) => [
    { what: 'metrics from logs', price: 'customMetric', units: metricNames(filters).size },
  ],
};

/**
 * Types that are not billed for existing. Some are billed for use: the bill under load includes it, or it stays far below a
 * cent, such as an alarm's email and the Step Functions execution for a new key.
 */
const FREE: ReadonlySet<string> = new Set([
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::CDK::Metadata',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::Cluster',
  'AWS::ECS::TaskDefinition',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SSM::Parameter',
  'AWS::StepFunctions::StateMachine',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
]);

function fargateService(service: Resource, template: Template, tasks: number): readonly Usage[] {
  const definition = template.Resources[reference(property(service, 'TaskDefinition'))];
  if (definition === undefined) {
    throw new OperatorError(
      'AWS::ECS::Service `TaskDefinition` must be in the same template to be priced, got: a reference to another',
    );
  }
  const cpu = number(definition, 'Cpu') / 1024;
  const memory = number(definition, 'Memory') / 1024;
  const arm = property(definition, 'RuntimePlatform.CpuArchitecture') === 'ARM64';
  const hours = tasks * HOURS_A_MONTH;
  const assigned = property(service, 'NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp');
  return [
    {
      what: `Fargate, ${tasks} x ${cpu} vCPU`,
      price: arm ? 'fargateCpuArm' : 'fargateCpu',
      units: cpu * hours,
    },
    {
      what: `Fargate, ${tasks} x ${memory} GB`,
      price: arm ? 'fargateMemoryArm' : 'fargateMemory',
      units: memory * hours,
    },
    ...addresses('public IPv4 of the tasks', assigned === 'ENABLED' ? tasks : 0),
  ];
}

function addresses(what: string, count: number): readonly Usage[] {
  return count > 0
    ? [{ what: `${what}, ${count}`, price: 'publicIpv4', units: count * HOURS_A_MONTH }]
    : [];
}

/** Counts the metrics of an alarm: one on an expression is billed for each metric in the expression. */
function alarmMetrics(alarm: Resource): number {
  const metrics = list(alarm, 'Metrics') as readonly { MetricStat?: unknown }[];
  return Math.max(1, metrics.filter(({ MetricStat }) => MetricStat !== undefined).length);
}

/** Returns the distinct metrics of filters, which several may share. */
function metricNames(filters: readonly Resource[]): ReadonlySet<string> {
  const transformations = filters.flatMap((filter) => list(filter, 'MetricTransformations'));
  return new Set(
    (transformations as readonly Record<string, unknown>[]).map(({ MetricNamespace, MetricName }) =>
      JSON.stringify([MetricNamespace, MetricName]),
    ),
  );
}

function reference(value: unknown): string {
  return typeof value === 'object' && value !== null && 'Ref' in value ? String(value.Ref) : '';
}

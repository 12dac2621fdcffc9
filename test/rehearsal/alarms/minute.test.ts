import type { Metric } from '../../../rehearsal/alarms/alarm';
import { type Minute, repeated, type TemplateResources } from '../../../rehearsal/alarms/minute';

const MINUTE: Minute = {
  requests: 90,
  errors: 3,
  latencies: [0.1, 0.2],
  healthChecks: [1, 0],
  cpuPercent: 40,
  memoryPercent: 60,
  traces: { Cruddur: 12, Empty: 0 },
  lines: { logged: ['[Error] lost', 'fine'], elsewhere: ['[Error] seen by no filter'] },
};

const filter = (LogGroupName: unknown) => ({
  Type: 'AWS::Logs::MetricFilter',
  Properties: {
    FilterPattern: '"[Error]"',
    LogGroupName,
    MetricTransformations: [{ MetricNamespace: 'Own', MetricName: 'Errors', MetricValue: '2' }],
  },
});

const RESOURCES: TemplateResources = {
  Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
  Targets: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' },
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Service: { Type: 'AWS::ECS::Service' },
  Task: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      ContainerDefinitions: [
        { Name: 'logged', LogConfiguration: { Options: { 'awslogs-group': { Ref: 'Logs' } } } },
        { Name: 'elsewhere' },
      ],
    },
  },
  Filter: filter({ Ref: 'Logs' }),
};

const named = (
  Namespace: string,
  MetricName: string,
  dimensions: Record<string, unknown> = {},
) => ({
  ...{ Namespace, MetricName },
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

const BALANCED = {
  LoadBalancer: { 'Fn::GetAtt': ['Balancer', 'LoadBalancerFullName'] },
  TargetGroup: { 'Fn::GetAtt': ['Targets', 'TargetGroupFullName'] },
};
const OF_SERVICE = {
  ClusterName: { Ref: 'Cluster' },
  ServiceName: { 'Fn::GetAtt': ['Service', 'Name'] },
};

const first = (metric: Metric, resources = RESOURCES, minute = MINUTE) =>
  repeated(minute, 2, resources)(metric)[1];

test.each([
  [named('AWS/ApplicationELB', 'RequestCount', BALANCED), [90]],
  [named('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', BALANCED), [3]],
  [named('AWS/ApplicationELB', 'TargetResponseTime', BALANCED), [0.1, 0.2]],
  [named('AWS/ApplicationELB', 'HealthyHostCount', BALANCED), [1, 0]],
  [named('AWS/ECS', 'CPUUtilization', OF_SERVICE), [40]],
  [named('AWS/ECS', 'MemoryUtilization', OF_SERVICE), [60]],
  [named('AWS/X-Ray', 'ApproximateTraceCount', { GroupName: 'Cruddur' }), [12]],
  [named('Own', 'Errors'), [2]],
])('%j receives %j', (metric, samples) => {
  expect(first(metric)).toEqual(samples);
});

test.each([
  [
    'of a load balancer outside the template',
    named('AWS/ApplicationELB', 'RequestCount', { ...BALANCED, LoadBalancer: 'app/other/1' }),
  ],
  [
    'without one of its dimensions',
    named('AWS/ApplicationELB', 'RequestCount', { LoadBalancer: BALANCED.LoadBalancer }),
  ],
  [
    'of a group that selects nothing',
    named('AWS/X-Ray', 'ApproximateTraceCount', { GroupName: 'Empty' }),
  ],
  [
    'of a group that does not exist',
    named('AWS/X-Ray', 'ApproximateTraceCount', { GroupName: 'Cruddr' }),
  ],
  ['that no filter feeds', named('Own', 'Others')],
])('a metric %s receives nothing', (_, metric) => {
  expect(first(metric)).toEqual([]);
});

test('without an error, the load balancer reports no zeros', () => {
  const metric = named('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', BALANCED);

  expect(first(metric, RESOURCES, { ...MINUTE, errors: 0 })).toEqual([]);
});

test('a filter of a log group that no container writes to finds nothing', () => {
  const resources = { ...RESOURCES, Filter: filter({ Ref: 'OtherLogs' }) };

  expect(first(named('Own', 'Errors'), resources)).toEqual([]);
});

test('fails for a metric that no run shows', () => {
  expect(() => first(named('AWS/SQS', 'NumberOfMessagesSent'))).toThrow(
    'no run shows the metric AWS/SQS NumberOfMessagesSent',
  );
});

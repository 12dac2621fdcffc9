import type { Reply } from './aws-double';

/** When the doctor asks. */
export const NOW = new Date('2026-11-20T12:00:00Z');

/** In no form that Honeycomb's keys have. */
export const KEY = 'a-key-that-must-not-show';

const ARN = 'arn:aws:ecs:us-east-1:111122223333';
const GROUP = 'arn:aws:xray:us-east-1:111122223333:group/Cruddur/ABCDEF';
const RULE = (name: string) => `arn:aws:xray:us-east-1:111122223333:sampling-rule/${name}`;
const LOAD_BALANCER =
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/Backend/0123456789abcdef';

export const RESOURCES: Readonly<Record<string, string>> = {
  'AWS::ECS::Cluster': 'Cluster',
  'AWS::ECS::Service': `${ARN}:service/Cluster/Backend`,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': LOAD_BALANCER,
  'AWS::Logs::LogGroup': 'Logs',
  'AWS::XRay::Group': GROUP,
};

export const TASK = {
  taskArn: `${ARN}:task/Cluster/0123`,
  lastStatus: 'RUNNING',
  createdAt: seconds('2026-11-20T11:00:00Z'),
  containers: [
    { name: 'backend-flask', lastStatus: 'RUNNING' },
    { name: 'xray-daemon', lastStatus: 'RUNNING' },
  ],
};

export const SAMPLING_RULE = {
  RuleName: 'Cruddur',
  Priority: 9000,
  FixedRate: 0.1,
  ReservoirSize: 5,
  ServiceName: 'backend-flask',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

const DEFAULT_RULE = {
  ...SAMPLING_RULE,
  RuleName: 'Default',
  Priority: 10_000,
  FixedRate: 0.05,
  ReservoirSize: 1,
  ServiceName: '*',
};

export function stackXml(status: string): string {
  return `<Stacks><member><StackName>CruddurTracing</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-20T10:00:00Z</CreationTime><Outputs><member><OutputKey>ServiceUrl</OutputKey><OutputValue>http://service.example</OutputValue></member></Outputs></member></Stacks>`;
}

export function taskDefinition(honeycomb: string, change: object = {}) {
  const logConfiguration = (prefix: string) => ({
    logDriver: 'awslogs',
    options: { 'awslogs-group': 'Logs', 'awslogs-stream-prefix': prefix },
  });
  return {
    taskDefinition: {
      taskRoleArn: 'arn:aws:iam::111122223333:role/TaskRole',
      containerDefinitions: [
        {
          name: 'backend-flask',
          environment: [
            { name: 'OTEL_SERVICE_NAME', value: 'backend-flask' },
            { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: honeycomb },
          ],
          secrets: [
            {
              name: 'HONEYCOMB_API_KEY',
              valueFrom:
                'arn:aws:ssm:us-east-1:111122223333:parameter/cruddur/backend-flask/HONEYCOMB_API_KEY',
            },
          ],
          logConfiguration: logConfiguration('backend'),
        },
        { name: 'xray-daemon', logConfiguration: logConfiguration('xray-daemon') },
      ],
      ...change,
    },
  };
}

/** The resources of the stack, with others before them. */
export function stackResources(others: readonly (readonly [string, string])[]): string {
  const rules = ['Cruddur', 'Cruddur-health'].map(
    (name) => ['AWS::XRay::SamplingRule', RULE(name)] as const,
  );
  const members = [...others, ...Object.entries(RESOURCES), ...rules].map(
    ([type, id], index) =>
      `<member><LogicalResourceId>R${index}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
  );
  return `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`;
}

/** The responses of AWS and Honeycomb for a healthy stack. */
export function healthy(honeycomb: string): Map<string, Reply> {
  return new Map<string, Reply>([
    ['cloudformation:DescribeStacks', stackXml('UPDATE_COMPLETE')],
    ['cloudformation:ListStackResources', stackResources([])],
    ['ecs:DescribeServices', service({})],
    ['ecs:DescribeTaskDefinition', taskDefinition(honeycomb)],
    ['ecs:ListTasks', { taskArns: [TASK.taskArn] }],
    ['ecs:DescribeTasks', { tasks: [TASK] }],
    ['ssm:GetParameter', parameter({})],
    ['GET https://api.honeycomb.io/1/auth', { team: { slug: 'cruddur' } }],
    [
      'xray:GetGroup',
      { Group: { GroupName: 'Cruddur', FilterExpression: 'service("backend-flask")' } },
    ],
    ['xray:GetSamplingRules', samplingRules([])],
    ['xray:GetTraceSummaries', { TraceSummaries: [] }],
    ['xray:GetTraceSegmentDestination', { Destination: 'XRay', Status: 'ACTIVE' }],
    [
      'xray:GetIndexingRules',
      {
        IndexingRules: [
          { Name: 'Default', Rule: { Probabilistic: { DesiredSamplingPercentage: 1 } } },
        ],
      },
    ],
    ['iam:SimulatePrincipalPolicy', simulation({})],
    ['logs:FilterLogEvents', { events: [] }],
    ['cloudwatch:GetMetricData', metrics({ requests: [1200], traces0: [300] })],
  ]);
}

export function service(change: object) {
  return {
    services: [
      {
        serviceArn: RESOURCES['AWS::ECS::Service'],
        taskDefinition: `${ARN}:task-definition/Task:1`,
        runningCount: 1,
        desiredCount: 1,
        deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
        events: [],
        ...change,
      },
    ],
  };
}

export function parameter(change: object) {
  const stored = { Type: 'String', Version: 2, Value: KEY };
  return {
    Parameter: {
      Name: '/cruddur/backend-flask/HONEYCOMB_API_KEY',
      ...stored,
      LastModifiedDate: seconds('2026-11-20T10:30:00Z'),
      ...change,
    },
  };
}

/** The stack's rules and X-Ray's own, with others. */
export function samplingRules(others: readonly object[], own: readonly object[] = OWN_RULES) {
  return {
    SamplingRuleRecords: [...own, ...others, DEFAULT_RULE].map((SamplingRule) => ({
      SamplingRule,
    })),
  };
}

const OWN_RULES = [
  SAMPLING_RULE,
  {
    ...SAMPLING_RULE,
    RuleName: 'Cruddur-health',
    Priority: 8999,
    FixedRate: 0,
    ReservoirSize: 0,
    URLPath: '/api/health-check',
  },
];

export function simulation(decisions: Readonly<Record<string, string>>): string {
  const actions = [
    'PutTraceSegments',
    'PutTelemetryRecords',
    'GetSamplingRules',
    'GetSamplingTargets',
  ];
  const members = actions.map(
    (action) =>
      `<member><EvalActionName>xray:${action}</EvalActionName><EvalDecision>${decisions[action] ?? 'allowed'}</EvalDecision></member>`,
  );
  return `<EvaluationResults>${members.join('')}</EvaluationResults><IsTruncated>false</IsTruncated>`;
}

export function metrics(values: Readonly<Record<string, readonly number[]>>) {
  return {
    MetricDataResults: Object.entries(values).map(([Id, Values]) => ({ Id, Values })),
  };
}

export function seconds(time: string): number {
  return new Date(time).getTime() / 1000;
}

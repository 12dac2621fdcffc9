import type { RunRecord } from '../../rehearsal/run/run-record';
import { indexRun, type Run } from '../../rehearsal/run/run-index';
import { readPlan } from '../../rehearsal/template/plan';
import { routeTo } from '../../rehearsal/service/service-file';
import type { Row } from '../../rehearsal/results/result';
import type { Assembly } from '../../rehearsal/template/assembly';
import type { Template } from '../../rehearsal/template/resolver';

/** A small handwritten template, in the form of the stack's. */
export function template(): Template {
  return structuredClone({
    Parameters: { HoneycombApiKey: { Type: 'String', NoEcho: true } },
    Resources: {
      Group: {
        Type: 'AWS::XRay::Group',
        Properties: { GroupName: 'Cruddur', FilterExpression: 'service("backend-flask")' },
      },
      Rule: rule('Cruddur', 9000, '*', 0.1, 5),
      HealthRule: rule('Cruddur-health', 8999, '/api/health-check', 0, 0),
      Key: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Name: '/cruddur/KEY', Type: 'String', Value: { Ref: 'HoneycombApiKey' } },
      },
      TaskRole: role(),
      TaskPolicy: policy('TaskRole', ['xray:PutTraceSegments', 'xray:GetSamplingRules'], '*'),
      ExecutionRole: role(),
      ExecutionPolicy: policy('ExecutionRole', 'ssm:GetParameters', keyArn()),
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          Cpu: '256',
          Memory: '512',
          TaskRoleArn: { 'Fn::GetAtt': ['TaskRole', 'Arn'] },
          ExecutionRoleArn: { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] },
          ContainerDefinitions: [
            {
              Name: 'backend-flask',
              Image: 'registry/repository:abc',
              Memory: 448,
              DependsOn: [{ ContainerName: 'xray-daemon', Condition: 'START' }],
              Environment: [
                { Name: 'PORT', Value: '4567' },
                { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'https://api.honeycomb.io' },
              ],
              Secrets: [{ Name: 'HONEYCOMB_API_KEY', ValueFrom: keyArn() }],
            },
            {
              Name: 'xray-daemon',
              Image: 'xray/aws-xray-daemon:1',
              Memory: 64,
              Essential: false,
            },
          ],
        },
      },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          LoadBalancers: [
            {
              ContainerName: 'backend-flask',
              ContainerPort: 4567,
              TargetGroupArn: { Ref: 'Target' },
            },
          ],
        },
      },
      Target: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: { HealthCheckPath: '/api/health-check' },
      },
    },
    Outputs: {},
  });
}

export function assembly(of = template()): Assembly {
  return {
    stackName: 'Stack',
    account: undefined,
    region: undefined,
    template: of,
    images: {
      abc: {
        context: '/nowhere/context',
        dockerfile: 'Dockerfile',
        repository: 'repository',
        platform: undefined,
      },
    },
  };
}

function keyArn() {
  const parts = ['arn:aws:ssm:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return { 'Fn::Join': ['', [...parts, ':parameter', { Ref: 'Key' }]] };
}

function role() {
  const Principal = { Service: 'ecs-tasks.amazonaws.com' };
  const Statement = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }];
  return { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement } } };
}

function policy(of: string, Action: string | string[], Resource: unknown) {
  const PolicyDocument = { Statement: [{ Effect: 'Allow', Action, Resource }] };
  return { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument, Roles: [{ Ref: of }] } };
}

function rule(
  RuleName: string,
  Priority: number,
  URLPath: string,
  FixedRate: number,
  ReservoirSize: number,
) {
  const ServiceName = 'backend-flask';
  const SamplingRule = { RuleName, Priority, URLPath, FixedRate, ReservoirSize, ServiceName };
  return {
    Type: 'AWS::XRay::SamplingRule',
    Properties: { SamplingRule: { ...SamplingRule, Version: 1, ResourceARN: '*' } },
  };
}

export function row(outcome: Row['outcome'], change: Partial<Row> = {}): Row {
  return {
    id: 'requests-answered',
    subject: 'Requests',
    claim: 'A claim',
    outcome,
    data: { total: 7 },
    figure: () => '7 of 7 requests',
    ...change,
  };
}

/** A run of the template in which nothing arrived anywhere. */
export function emptyRun(change: Partial<RunRecord> = {}): Run {
  const container = { log: [], exit: { code: 0, signal: null }, endedEarly: false };
  const usage = { peakMemoryMiB: 1, averageVCpus: 0, commandLines: [], written: [] };
  const record: RunRecord = {
    plan: readPlan(assembly(), 'the-key'),
    service: { file: 'rehearsal.json', routes: [routeTo('/home')], downstream: [] },
    key: 'the-key',
    scenario: { rate: 40, seconds: 1 },
    steadyFrom: 0,
    exchanges: [],
    healthChecks: [],
    stopSeconds: 1,
    application: { name: 'backend-flask', ...container, ...usage },
    daemon: { name: 'xray-daemon', ...container, ...usage },
    daemonIsReal: true,
    xray: { segments: [], calls: [], quotas: [], statistics: [], problems: [], bodies: [] },
    honeycomb: { spans: [], keys: new Map(), problems: [], origins: new Set() },
    downstream: { calls: [] },
    substitutions: [],
    ...change,
  };
  return indexRun(record, { searched: 0, containing: [] });
}

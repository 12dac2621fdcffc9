import { Match, Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../lib/config/config';
import { CruddurTracingStack } from '../../lib/cruddur-tracing-stack';
import { testApp } from '../app';
import { nameOf, type Resource } from './proof';

function templateWith(context: Record<string, unknown> = {}): Template {
  const config = readConfig(context);
  return Template.fromStack(new CruddurTracingStack(testApp(), config.stackName, { config }));
}

test('without an address there is no topic, which would be billed', () => {
  const template = templateWith();

  template.resourceCountIs('AWS::SNS::Topic', 0);
  template.resourceCountIs('AWS::KMS::Key', 0);
  template.hasResourceProperties('AWS::XRay::Group', {
    InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
  });
});

test.each([
  ['declared', '/cruddur/backend-flask/HONEYCOMB_API_KEY'],
  ['existing', '/mine/KEY'],
])('a new value of the parameter (%s) replaces the tasks', (source, parameterName) => {
  const template = templateWith({
    'cruddur:honeycombApiKeySource': source,
    'cruddur:honeycombApiKeyParameterName': parameterName,
  });

  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['aws.ssm'], detail: Match.objectLike({ name: [parameterName] }) },
  });
});

test('restart, alarms and dashboard can be left out', () => {
  const template = templateWith({
    'cruddur:restartOnNewKey': false,
    'cruddur:alarms': false,
    'cruddur:dashboard': false,
  });

  for (const type of [
    'AWS::Events::Rule',
    'AWS::StepFunctions::StateMachine',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Dashboard',
  ]) {
    template.resourceCountIs(type, 0);
  }
  template.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { Alarms: Match.absent() },
  });
  expect(template.findOutputs('DashboardUrl')).toEqual({});
});

test('insights go to the topic, if there is one', () => {
  const isOfInsights = { EventPattern: Match.objectLike({ source: ['aws.xray'] }) };
  const told = templateWith({
    'cruddur:insights': true,
    'cruddur:alarmTopicArn': 'arn:aws:sns:us-east-1:123456789012:alarms',
  });
  const untold = templateWith({ 'cruddur:insights': true });

  told.hasResourceProperties('AWS::Events::Rule', isOfInsights);
  told.hasResourceProperties('AWS::XRay::Group', {
    InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: true },
  });
  expect(untold.findResources('AWS::Events::Rule', { Properties: isOfInsights })).toEqual({});
  untold.hasResourceProperties('AWS::XRay::Group', {
    InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: false },
  });
});

test('every threshold can be set, and insights count in what a trace costs', () => {
  const template = templateWith({
    'cruddur:alarmErrorPercent': 1,
    'cruddur:alarmLatencySeconds': 0.5,
    'cruddur:alarmFaultTraces': 7,
    'cruddur:monthlyTraceBudgetUsd': 365 / 12,
    'cruddur:minTasks': 2,
    'cruddur:samplingReservoirSize': 0,
    'cruddur:samplingFixedRate': 0.01,
    'cruddur:insights': true,
  });
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
    ([id, resource]) => [nameOf(id), (resource as unknown as Resource).Properties] as const,
  );

  expect(
    Object.fromEntries(alarms.map(([name, { Threshold }]) => [name, Threshold])),
  ).toMatchObject({
    ServerErrors: 1,
    SlowResponses: 0.5,
    FaultTraces: 7,
    TraceBudget: 166_666,
    TooFewTasks: 2,
  });
  expect(JSON.stringify(alarms)).toContain('FILL(requests, 0) > 1375');
});

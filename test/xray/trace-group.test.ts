import { type CfnElement, CfnParameter, type Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { FilterExpression } from '../../lib/xray/filter-expression';
import { TraceGroup } from '../../lib/xray/trace-group';
import { testStack } from '../app';

let stack: Stack;

beforeEach(() => {
  stack = testStack();
});

test('selects every trace, without insights, by default', () => {
  new TraceGroup(stack, 'Group', { groupName: 'All' });

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::Group', {
    GroupName: 'All',
    FilterExpression: Match.absent(),
    InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
  });
});

test('takes a filter, insights, notifications and tags', () => {
  const group = new TraceGroup(stack, 'Group', {
    groupName: 'Cruddur',
    filterExpression: FilterExpression.service('backend-flask'),
    insights: true,
    insightsNotifications: true,
  });
  Tags.of(group).add('team', 'cruddur');

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::Group', {
    GroupName: 'Cruddur',
    FilterExpression: 'service("backend-flask")',
    InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: true },
    Tags: [{ Key: 'team', Value: 'cruddur' }],
  });
});

test('accepts a name known only at deployment', () => {
  const groupName = new CfnParameter(stack, 'Name').valueAsString;

  new TraceGroup(stack, 'Group', { groupName });

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::Group', {
    GroupName: { Ref: 'Name' },
  });
});

test('counts its traces by name', () => {
  const group = new TraceGroup(stack, 'Group', { groupName: 'Cruddur' });

  expect(stack.resolve(group.metricTraceCount().toMetricConfig().metricStat)).toMatchObject({
    namespace: 'AWS/X-Ray',
    metricName: 'ApproximateTraceCount',
    dimensions: [{ name: 'GroupName', value: 'Cruddur' }],
    statistic: 'Sum',
  });
  expect(group.metricTraceCount({ statistic: 'Average' }).statistic).toBe('Average');
});

test('links to its traces in the console', () => {
  const group = new TraceGroup(stack, 'Group', { groupName: 'Cruddur' });

  expect(stack.resolve(group.consoleUrl)).toEqual({
    'Fn::Join': [
      '',
      [
        'https://console.aws.amazon.com/xray/home?region=',
        { Ref: 'AWS::Region' },
        '#/traces?filter=group.name%20%3D%20%22Cruddur%22',
      ],
    ],
  });
});

describe('grantRead', () => {
  const arn = 'arn:aws:xray:us-east-1:123456789012:group/Cruddur/ABCDEFGH';
  const anyId = (name: string) => ({
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':xray:',
        { Ref: 'AWS::Region' },
        ':',
        { Ref: 'AWS::AccountId' },
        `:group/${name}/*`,
      ],
    ],
  });

  const role = () => new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });

  function expectReadOf(resource: unknown): void {
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'xray:GetGroup', Resource: resource }],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Role') }],
    });
  }

  test('allows to read the definition of this group only', () => {
    const group = new TraceGroup(stack, 'Group', { groupName: 'Cruddur' });

    group.grantRead(role());

    expectReadOf(stack.resolve(group.groupArn));
  });

  test('allows to read a group by its name, whose ARN ends in an unknown id', () => {
    TraceGroup.fromGroupName(stack, 'Group', 'Cruddur').grantRead(role());

    expectReadOf(anyId('Cruddur'));
  });

  test('allows to read a group by its ARN', () => {
    TraceGroup.fromGroupArn(stack, 'Group', arn).grantRead(role());

    expectReadOf(arn);
  });

  test('knows the name of a group by its ARN', () => {
    const token = new CfnParameter(stack, 'Arn').valueAsString;

    expect(TraceGroup.fromGroupArn(stack, 'Group', arn).groupName).toBe('Cruddur');
    expect(stack.resolve(TraceGroup.fromGroupArn(stack, 'Late', token).groupName)).toEqual({
      'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Select': [5, expect.anything()] }] }],
    });
  });
});

test.each([
  ['', '`groupName` must be 1 to 32 letters, digits and dashes, and not Default, got: ""'],
  ['x'.repeat(33), `got: "${'x'.repeat(33)}"`],
  ['Cruddur!', 'got: "Cruddur!"'],
  ['Default', 'got: "Default"'],
])('fails with the name %j', (groupName, message) => {
  expect(() => new TraceGroup(stack, 'Group', { groupName })).toThrow(message);
  expect(() => TraceGroup.fromGroupName(stack, 'Import', groupName)).toThrow(message);
});

test('fails with notifications but no insights, which X-Ray refuses', () => {
  expect(
    () => new TraceGroup(stack, 'Group', { groupName: 'Cruddur', insightsNotifications: true }),
  ).toThrow('`insightsNotifications` must be false unless `insights` is true, got: true');
});

test.each([
  'arn:aws:xray:us-east-1:123456789012:sampling-rule/Cruddur',
  'arn:aws:sns:us-east-1:1:group/a/b',
])('fails with the ARN %s of something else', (groupArn) => {
  expect(() => TraceGroup.fromGroupArn(stack, 'Group', groupArn)).toThrow(
    `\`groupArn\` must be arn:aws:xray:<region>:<account>:group/<name>/<id>, got: ${groupArn}`,
  );
});

test('another name is another resource, because X-Ray cannot rename a group', () => {
  const logicalIds = ['a', 'b', new CfnParameter(stack, 'Name').valueAsString].map((groupName) => {
    const ownStack = testStack();
    const { node } = new TraceGroup(ownStack, 'Id', { groupName });
    return ownStack.getLogicalId(node.defaultChild as CfnElement);
  });

  expect(new Set(logicalIds).size).toBe(3);
});

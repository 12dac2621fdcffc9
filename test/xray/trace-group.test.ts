import { Aws, type CfnElement, CfnParameter, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FilterExpression } from '../../lib/xray/filter/filter-expression';
import { TraceGroup } from '../../lib/xray/trace-group';
import { testApp, testStack } from '../app';

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

test('accepts a filter, insights, notifications and tags', () => {
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

test('its metric stays in the region of the group, whatever stack the alarm is in', () => {
  const env = { account: '123456789012', region: 'eu-west-1' };
  const group = new TraceGroup(new Stack(testApp(), 'Ireland', { env }), 'Group', {
    groupName: 'Cruddur',
  });

  expect(group.metricTraceCount()).toMatchObject(env);
});

test('links to its traces in the console of the partition that it is deployed to', () => {
  const groups = ['A', 'B'].map((groupName) => new TraceGroup(stack, groupName, { groupName }));

  expect(groups.map(({ consoleUrl }) => stack.resolve(consoleUrl) as unknown)).toEqual(
    groups.map(({ groupName }) => ({
      'Fn::Join': [
        '',
        [
          'https://',
          {
            'Fn::If': [
              'IsInGovCloud',
              'console.amazonaws-us-gov.com',
              { 'Fn::If': ['IsInChina', 'console.amazonaws.cn', 'console.aws.amazon.com'] },
            ],
          },
          '/xray/home?region=',
          { Ref: 'AWS::Region' },
          `#/traces?filter=group.name%20%3D%20%22${groupName}%22`,
        ],
      ],
    })),
  );
  const template = Template.fromStack(stack);
  template.hasCondition('IsInChina', { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] });
  template.hasCondition('IsInGovCloud', {
    'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-us-gov'],
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

  test('allows reading the definition of this group only', () => {
    const group = new TraceGroup(stack, 'Group', { groupName: 'Cruddur' });

    group.grantRead(role());

    expectReadOf(stack.resolve(group.groupArn));
  });

  test('allows reading a group by its name, whose ARN ends in an unknown id', () => {
    TraceGroup.fromGroupName(stack, 'Group', 'Cruddur').grantRead(role());

    expectReadOf(anyId('Cruddur'));
  });

  test('allows reading a group by its ARN', () => {
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

describe('a name is refused twice', () => {
  const group = (scope: Construct, id = 'Group') =>
    new TraceGroup(scope, id, { groupName: 'Cruddur' });
  const taken = (path: string) =>
    `\`groupName\` must be unique in an account and region, ${path} already has it, got: Cruddur`;

  test('in a stack', () => {
    group(stack);

    expect(() => group(stack, 'Second')).toThrow(taken('Test/Group'));
  });

  test('in a nested stack', () => {
    group(stack);

    expect(() => group(new NestedStack(stack, 'Nested'))).toThrow(taken('Test/Group'));
  });

  test.each([{}, { env: { account: '123456789012', region: 'eu-west-1' } }])(
    'in stacks with the environment %j',
    (props) => {
      const app = testApp();
      group(new Stack(app, 'One', props));

      expect(() => group(new Stack(app, 'Other', props))).toThrow(taken('One/Group'));
    },
  );

  test('in two stages of one account and region', () => {
    const app = testApp();
    const env = { account: '123456789012', region: 'eu-west-1' };
    group(new Stack(new Stage(app, 'One', { env }), 'Stack'));

    expect(() => group(new Stack(new Stage(app, 'Other', { env }), 'Stack'))).toThrow(
      taken('One/Stack/Group'),
    );
  });

  test('unless it is known only at deployment, and by each stack for itself', () => {
    const app = testApp();
    const [one, other] = ['One', 'Other'].map((id) => new Stack(app, id));
    const named = (scope?: Stack, id = 'Group') =>
      new TraceGroup(scope ?? stack, id, { groupName: Aws.STACK_NAME });
    named(one);
    named(other);

    expect(() => named(other, 'Second')).toThrow('Other/Group already has it');
  });

  test('but not in another region or account, nor where neither is known', () => {
    const app = testApp();
    const stacks = [
      new Stack(app, 'One', { env: { account: '123456789012', region: 'eu-west-1' } }),
      new Stack(app, 'Region', { env: { account: '123456789012', region: 'us-east-1' } }),
      new Stack(app, 'Account', { env: { account: '210987654321', region: 'eu-west-1' } }),
      new Stack(app, 'Agnostic'),
      new Stack(new Stage(app, 'Dev'), 'Stack'),
      new Stack(new Stage(app, 'Prod'), 'Stack'),
    ];

    expect(stacks.map((other) => group(other).groupName)).toEqual(stacks.map(() => 'Cruddur'));
  });
});

describe('an imported group has the environment of its ARN', () => {
  const elsewhere = 'arn:aws-cn:xray:cn-north-1:210987654321:group/Cruddur/ABC';

  test('in the console', () => {
    expect(TraceGroup.fromGroupArn(stack, 'Group', elsewhere).consoleUrl).toBe(
      'https://console.amazonaws.cn/xray/home?region=cn-north-1#/traces?filter=group.name%20%3D%20%22Cruddur%22',
    );
  });

  test('for its metric', () => {
    const { account, region } = TraceGroup.fromGroupArn(
      stack,
      'Group',
      elsewhere,
    ).metricTraceCount();

    expect({ account, region }).toEqual({ account: '210987654321', region: 'cn-north-1' });
  });

  test('as a resource', () => {
    expect(TraceGroup.fromGroupArn(stack, 'Group', elsewhere).env).toEqual({
      account: '210987654321',
      region: 'cn-north-1',
    });
  });
});

test.each([
  ['eu-west-1', 'console.aws.amazon.com'],
  ['cn-northwest-1', 'console.amazonaws.cn'],
  ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
])('in %s the console is at %s', (region, domain) => {
  const regional = new Stack(testApp(), 'Regional', { env: { account: '123456789012', region } });
  const { consoleUrl } = new TraceGroup(regional, 'Group', { groupName: 'Cruddur' });

  expect(consoleUrl).toContain(`https://${domain}/xray/home?region=${region}#/traces?filter=`);
});

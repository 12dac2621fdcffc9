import { type App, type CfnElement, CfnParameter, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SamplingRule } from '../../lib/xray/sampling-rule';
import type { SamplingRuleProps } from '../../lib/xray/sampling-rule-props';
import { testApp, testStack } from '../app';

let app: App;
let stack: Stack;

beforeEach(() => {
  app = testApp();
  stack = new Stack(app, 'Test');
});

test('samples one request a second, then 5 %, of everything by default', () => {
  new SamplingRule(stack, 'Rule', { ruleName: 'All', priority: 100 });

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::SamplingRule', {
    SamplingRule: {
      RuleName: 'All',
      Version: 1,
      Priority: 100,
      ReservoirSize: 1,
      FixedRate: 0.05,
      ServiceName: '*',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      ResourceARN: '*',
    },
  });
});

test('accepts every matcher that the SDKs support, and tags', () => {
  const rule = new SamplingRule(stack, 'Rule', {
    ruleName: 'Cruddur',
    priority: 9000,
    reservoirSize: 5,
    fixedRate: 0.1,
    serviceName: 'backend-?lask',
    serviceType: 'AWS::ECS::Container',
    host: '*.cruddur.com',
    httpMethod: 'GET',
    urlPath: '/api/*',
  });
  Tags.of(rule).add('team', 'cruddur');

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::SamplingRule', {
    SamplingRule: {
      RuleName: 'Cruddur',
      Version: 1,
      Priority: 9000,
      ReservoirSize: 5,
      FixedRate: 0.1,
      ServiceName: 'backend-?lask',
      ServiceType: 'AWS::ECS::Container',
      Host: '*.cruddur.com',
      HTTPMethod: 'GET',
      URLPath: '/api/*',
      ResourceARN: '*',
    },
    Tags: [{ Key: 'team', Value: 'cruddur' }],
  });
});

test('puts everything inside SamplingRule: the properties next to it are deprecated', () => {
  new SamplingRule(stack, 'Rule', { ruleName: 'All', priority: 1 });

  const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::XRay::SamplingRule'));
  expect(Object.keys(rule?.Properties as object)).toEqual(['SamplingRule']);
});

test('knows its name, ARN and priority', () => {
  const rule = new SamplingRule(stack, 'Rule', { ruleName: 'Cruddur', priority: 7 });

  expect(rule.ruleName).toBe('Cruddur');
  expect(rule.priority).toBe(7);
  expect(stack.resolve(rule.ruleArn)).toEqual({
    'Fn::GetAtt': [expect.stringMatching(/^Rule/), 'RuleARN'],
  });
});

test('accepts values known only at deployment', () => {
  const text = (id: string) => new CfnParameter(stack, id).valueAsString;
  const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;

  new SamplingRule(stack, 'Rule', {
    ruleName: text('Name'),
    priority: number('Priority'),
    fixedRate: number('Rate'),
    reservoirSize: number('Reservoir'),
    serviceName: text('Service'),
    urlPath: text('Path'),
  });

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::SamplingRule', {
    SamplingRule: {
      RuleName: { Ref: 'Name' },
      Priority: { Ref: 'Priority' },
      FixedRate: { Ref: 'Rate' },
      ReservoirSize: { Ref: 'Reservoir' },
      ServiceName: { Ref: 'Service' },
      URLPath: { Ref: 'Path' },
    },
  });
});

test.each<[Partial<SamplingRuleProps>, string]>([
  [{ priority: 0 }, '`priority` must be a whole number from 1 to 9999, got: 0'],
  [{ priority: 10_000 }, 'got: 10000'],
  [{ priority: 1.5 }, 'got: 1.5'],
  [{ priority: NaN }, 'got: NaN'],
  [{ reservoirSize: -1 }, '`reservoirSize` must be a whole number, 0 or more, got: -1'],
  [{ reservoirSize: 0.5 }, 'got: 0.5'],
  [{ fixedRate: 1.01 }, '`fixedRate` must be a finite number from 0 to 1, got: 1.01'],
  [{ fixedRate: -0.1 }, 'got: -0.1'],
  [
    { ruleName: '' },
    '`ruleName` must be 1 to 32 letters, digits and dashes, and not Default, got: ""',
  ],
  [{ ruleName: 'Default' }, 'got: "Default"'],
  [{ ruleName: 'x'.repeat(33) }, '`ruleName` must be 1 to 32'],
  [{ serviceName: '' }, '`serviceName` must have 1 to 64 characters, got: 0'],
  [{ serviceName: 'x'.repeat(65) }, 'got: 65'],
  [{ serviceType: 'x'.repeat(65) }, '`serviceType` must have 1 to 64 characters, got: 65'],
  [{ host: 'x'.repeat(65) }, '`host` must have 1 to 64 characters, got: 65'],
  [{ httpMethod: 'PROPPATCHES' }, '`httpMethod` must have 1 to 10 characters, got: 11'],
  [{ urlPath: `/${'x'.repeat(128)}` }, '`urlPath` must have 1 to 128 characters, got: 129'],
  [
    { urlPath: '/livez,/readyz' },
    '`urlPath` must be one pattern, X-Ray has no lists and would match the comma itself, make one rule for each path, got: /livez,/readyz',
  ],
])('fails with %j', (props, message) => {
  expect(
    () => new SamplingRule(stack, 'Rule', { ruleName: 'Cruddur', priority: 1, ...props }),
  ).toThrow(message);
});

describe('two rules', () => {
  beforeEach(() => {
    new SamplingRule(stack, 'First', { ruleName: 'Cruddur', priority: 9000 });
  });

  test('fails if they have one name', () => {
    expect(() => new SamplingRule(stack, 'Second', { ruleName: 'Cruddur', priority: 1 })).toThrow(
      '`ruleName` must be unique in an account and region, Test/First already has it, got: Cruddur',
    );
  });

  test('fails if they have one priority', () => {
    expect(() => new SamplingRule(stack, 'Second', { ruleName: 'Other', priority: 9000 })).toThrow(
      '`priority` must be unique among the rules for one service, Test/First already has it, got: 9000',
    );
  });

  test('fails if they have one name that is known only at deployment', () => {
    const ruleName = new CfnParameter(stack, 'Name').valueAsString;
    new SamplingRule(stack, 'Second', { ruleName, priority: 1 });

    expect(() => new SamplingRule(stack, 'Third', { ruleName, priority: 2 })).toThrow(
      '`ruleName` must be unique in an account and region, Test/Second already has it',
    );
  });

  test('may have names and priorities of their own that are known only at deployment', () => {
    for (const id of ['Second', 'Third']) {
      new SamplingRule(stack, id, {
        ruleName: new CfnParameter(stack, `${id}Name`).valueAsString,
        priority: new CfnParameter(stack, `${id}Priority`, { type: 'Number' }).valueAsNumber,
      });
    }

    Template.fromStack(stack).resourceCountIs('AWS::XRay::SamplingRule', 3);
  });

  test('may have one priority if they are for different services', () => {
    const priority = 42;
    new SamplingRule(stack, 'A', { ruleName: 'A', priority, serviceName: 'a' });
    new SamplingRule(stack, 'B', { ruleName: 'B', priority, serviceName: 'b' });

    expect(
      () => new SamplingRule(stack, 'C', { ruleName: 'C', priority, serviceName: 'c*' }),
    ).toThrow('`priority` must be unique among the rules for one service, Test/A already has it');
  });
});

test('another name is another resource, because X-Ray cannot rename a rule', () => {
  const logicalIds = ['a', 'b', new CfnParameter(stack, 'Name').valueAsString].map((ruleName) => {
    const ownStack = testStack();
    const { node } = new SamplingRule(ownStack, 'Id', { ruleName, priority: 100 });
    return ownStack.getLogicalId(node.defaultChild as CfnElement);
  });

  expect(new Set(logicalIds).size).toBe(3);
});

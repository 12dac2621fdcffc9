import { execFileSync } from 'node:child_process';
import { CfnOutput, CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { HoneycombApiKey, HoneycombApiKeySource } from '../../lib/honeycomb/honeycomb-api-key';
import { testApp, testStack } from '../app';

const parameterName = '/cruddur/backend-flask/HONEYCOMB_API_KEY';
const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';

let stack: Stack;

beforeEach(() => {
  stack = testStack();
});

function useInTask(apiKey: HoneycombApiKey): void {
  new ecs.FargateTaskDefinition(stack, 'Task').addContainer('App', {
    image: ecs.ContainerImage.fromRegistry('example:1'),
    secrets: { HONEYCOMB_API_KEY: apiKey.toEcsSecret() },
  });
}

/** The output, as a shell gets it; what is known at deployment is in angle brackets. */
function outputOf(from: Stack, name: string): string {
  const { Outputs } = Template.fromStack(from).toJSON() as {
    Outputs: Record<string, { Value: { 'Fn::Join': [string, (string | { Ref: string })[]] } }>;
  };
  const parts = Outputs[name]?.Value['Fn::Join'][1] ?? [];
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}

const apiKeyParameter = (from: Stack) =>
  Object.keys(Template.fromStack(from).findParameters('*', { NoEcho: true }))[0];

const parameterOf = (from: Stack) =>
  Object.keys(Template.fromStack(from).findParameters('*'))[0] ?? '';

const parameterArn = (name: unknown) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':ssm:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ...(typeof name === 'string' ? [`:parameter${name}`] : [':parameter', name]),
    ],
  ],
});

describe('declared', () => {
  test('the value is that of a NoEcho parameter with a default', () => {
    new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });

    const template = Template.fromStack(stack);
    template.hasParameter('HoneycombApiKey', {
      Type: 'String',
      NoEcho: true,
      Default: 'not-stored',
      AllowedPattern: '[!-~]+',
    });
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: parameterName,
      Type: 'String',
      Value: { Ref: 'HoneycombApiKey' },
    });
  });

  test('has the task read it from SSM', () => {
    useInTask(new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName }));

    const template = Template.fromStack(stack);
    const [parameter] = Object.keys(template.findResources('AWS::SSM::Parameter'));
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Secrets: [{ Name: 'HONEYCOMB_API_KEY', ValueFrom: parameterArn({ Ref: parameter }) }],
        }),
      ],
    });
  });

  test('a second one in the stack has a parameter of its own', () => {
    new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });
    new HoneycombApiKey(new Construct(stack, 'Other'), 'HoneycombApiKey', {
      parameterName: '/other/HONEYCOMB_API_KEY',
    });

    const template = Template.fromStack(stack);
    const noEcho = Object.keys(template.findParameters('*', { NoEcho: true }));
    expect(noEcho).toEqual(['HoneycombApiKey', expect.stringMatching(/^OtherHoneycombApiKey/)]);
    template.resourceCountIs('AWS::SSM::Parameter', 2);
  });

  test('is stored by an update of its parameter alone, with the key on standard input', () => {
    new CfnParameter(stack, 'Other', { default: '1' });
    const apiKey = new HoneycombApiKey(new Construct(stack, 'Checkout'), 'Key', { parameterName });
    new CfnOutput(stack, 'Command', { value: apiKey.storeCommand });

    const command = outputOf(stack, 'Command');
    const [printf = '', aws = ''] = command.split(' | ');
    const env = { HONEYCOMB_API_KEY: 'sentinel', PATH: process.env.PATH };
    const parameters: unknown = JSON.parse(execFileSync('sh', ['-c', printf], { env }).toString());

    expect(parameters).toEqual([
      { ParameterKey: apiKeyParameter(stack), ParameterValue: 'sentinel' },
      { ParameterKey: 'Other', UsePreviousValue: true },
      { ParameterKey: 'BootstrapVersion', UsePreviousValue: true },
    ]);
    expect(aws).toBe(
      'aws cloudformation update-stack --use-previous-template --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND --region <AWS::Region> --stack-name Test --parameters file:///dev/stdin',
    );
  });

  test('of a stage is stored in the stack of that name', () => {
    const stage = new Stage(testApp(), 'Prod');
    const staged = new Stack(stage, 'Checkout');
    const apiKey = new HoneycombApiKey(staged, 'HoneycombApiKey', { parameterName });

    expect(staged.resolve(apiKey.storeCommand)).toMatchObject({
      'Fn::Join': [
        '',
        expect.arrayContaining([expect.stringContaining('--stack-name Prod-Checkout')]),
      ],
    });
  });

  test('an output states whether a key is stored', () => {
    const apiKey = new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });
    new CfnOutput(stack, 'State', { value: apiKey.state ?? '' });
    new CfnOutput(stack, 'Again', { value: apiKey.state ?? '' });

    const { Conditions, Outputs } = Template.fromStack(stack).toJSON() as {
      Conditions: Record<string, unknown>;
      Outputs: Record<string, { Value: unknown }>;
    };
    const [condition] = Object.keys(Conditions);
    expect(Object.values(Conditions)).toEqual([
      { 'Fn::Equals': [{ Ref: 'HoneycombApiKey' }, HoneycombApiKey.NOT_STORED] },
    ]);
    expect(Outputs.State?.Value).toEqual({
      'Fn::If': [condition, 'not stored: traces reach X-Ray only', 'stored'],
    });
  });

  test('adds no condition to a stack that does not ask', () => {
    new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });

    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Conditions');
  });

  test('fails in a nested stack, and works there from its parent', () => {
    const nested = new NestedStack(stack, 'Nested');

    expect(() => new HoneycombApiKey(nested, 'HoneycombApiKey', { parameterName })).toThrow(
      '`source` must be existing in a nested stack, whose parameters its parent sets: make the HoneycombApiKey in the parent and use it in the nested stack, got: declared in Test/Nested/HoneycombApiKey',
    );

    const apiKey = new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });
    new ecs.FargateTaskDefinition(nested, 'Task').addContainer('App', {
      image: ecs.ContainerImage.fromRegistry('example:1'),
      secrets: { HONEYCOMB_API_KEY: apiKey.toEcsSecret() },
    });
    // what is handed down is the name of the SSM parameter
    Template.fromStack(stack).hasResourceProperties('AWS::CloudFormation::Stack', {
      Parameters: Match.objectEquals({
        [parameterOf(nested)]: { Ref: Match.stringLikeRegexp('^HoneycombApiKeyParameter') },
      }),
    });
  });
});

describe('existing', () => {
  const source = HoneycombApiKeySource.EXISTING;

  test('makes no parameter of any kind', () => {
    const apiKey = new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName, source });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(template.findParameters('HoneycombApiKey')).toEqual({});
    expect(apiKey.state).toBeUndefined();
  });

  test('has the task read it by its name', () => {
    useInTask(new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName, source }));

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Secrets: [{ Name: 'HONEYCOMB_API_KEY', ValueFrom: parameterArn(parameterName) }],
        }),
      ],
    });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('kms:');
  });

  test('lets the execution role decrypt with the given key', () => {
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', keyArn);
    useInTask(
      new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName, source, encryptionKey }),
    );

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt', Resource: keyArn })]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
    });
  });

  test('is stored as a SecureString, over standard input', () => {
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', keyArn);
    const command = (apiKey: HoneycombApiKey) => JSON.stringify(stack.resolve(apiKey.storeCommand));

    const plain = command(new HoneycombApiKey(stack, 'Plain', { parameterName, source }));
    const own = command(
      new HoneycombApiKey(stack, 'Own', { parameterName, source, encryptionKey }),
    );

    expect(plain).toContain('aws ssm put-parameter --overwrite --type SecureString --region');
    expect(plain).toContain(`--name ${parameterName} --value file:///dev/stdin`);
    expect(own).toContain(`--type SecureString --key-id ${keyArn} --region`);
  });
});

test('accepts a name known only at deployment', () => {
  const name = new CfnParameter(stack, 'Name').valueAsString;

  new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: name });

  Template.fromStack(stack).hasResourceProperties('AWS::SSM::Parameter', { Name: { Ref: 'Name' } });
});

test.each([
  '',
  'HONEYCOMB_API_KEY',
  '/',
  '/cruddur/',
  '/cruddur//key',
  '/cruddur/my key',
  '/aws/key',
  '/SSM/key',
  '/a'.repeat(16),
  `/${'a'.repeat(1011)}`,
])('fails with the parameter name %j', (name) => {
  expect(() => new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: name })).toThrow(
    '`parameterName` must be the path of an SSM parameter, such as /cruddur/backend-flask/HONEYCOMB_API_KEY, not under /aws or /ssm, got: another value, not shown',
  );
});

test('fails with an encryption key for a declared parameter, which CloudFormation cannot encrypt', () => {
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', keyArn);

  expect(
    () => new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName, encryptionKey }),
  ).toThrow(
    '`encryptionKey` must come with the source existing, CloudFormation cannot make a SecureString, got: declared',
  );
});

test('fails with the name of another declared parameter', () => {
  const app = testApp();
  const parameterName = '/a/key';
  new HoneycombApiKey(new Stack(app, 'One'), 'Key', { parameterName });

  expect(() => new HoneycombApiKey(new Stack(app, 'Two'), 'Key', { parameterName })).toThrow(
    '`parameterName` must be unique in an account and region, One/Key already has it, got: /a/key',
  );
});

test('accepts an existing parameter under the same name, in any number of stacks', () => {
  const app = testApp();
  const existing = { parameterName: '/a/key', source: HoneycombApiKeySource.EXISTING };

  new HoneycombApiKey(new Stack(app, 'One'), 'Key', existing);

  expect(() => new HoneycombApiKey(new Stack(app, 'Two'), 'Key', existing)).not.toThrow();
});

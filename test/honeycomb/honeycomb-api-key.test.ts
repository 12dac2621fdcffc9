import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { HoneycombApiKey, HoneycombApiKeySource } from '../../lib/honeycomb/honeycomb-api-key';
import { testStack } from '../app';

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
  test('takes the value from a NoEcho parameter at deployment', () => {
    new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });

    const template = Template.fromStack(stack);
    template.hasParameter('HoneycombApiKey', {
      Type: 'String',
      NoEcho: true,
      Default: Match.absent(),
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

  test('is stored by a deployment', () => {
    const apiKey = new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName });

    expect(stack.resolve(apiKey.storeCommand)).toBe(
      'npm run deploy -- Test --parameters HoneycombApiKey="$HONEYCOMB_API_KEY"',
    );
  });
});

describe('existing', () => {
  const source = HoneycombApiKeySource.EXISTING;

  test('makes no parameter of any kind', () => {
    new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName, source });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(template.findParameters('HoneycombApiKey')).toEqual({});
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

import { Template } from 'aws-cdk-lib/assertions';
import { AlarmTopic } from '../../../lib/operations/alarms/alarm-topic';
import { testStack } from '../../app';

const stack = testStack();
const { topic } = new AlarmTopic(stack, 'Alarms', { email: 'operator@example.com' });
const template = Template.fromStack(stack);

test('sends alarms to the address', () => {
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'operator@example.com',
    TopicArn: stack.resolve(topic.topicArn) as unknown,
  });
});

test('CloudWatch may publish and use the key, for this account only', () => {
  const Condition = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  const Principal = { Service: 'cloudwatch.amazonaws.com' };
  const policies = (type: string, property: string) =>
    Object.values(template.findResources(type)).map(
      ({ Properties }) => (Properties as Record<string, { Statement: object[] }>)[property],
    );

  expect(policies('AWS::SNS::TopicPolicy', 'PolicyDocument')[0]?.Statement).toEqual([
    expect.objectContaining({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    expect.objectContaining({ Effect: 'Allow', Action: 'sns:Publish', Principal, Condition }),
  ]);
  expect(policies('AWS::KMS::Key', 'KeyPolicy')[0]?.Statement).toEqual([
    expect.objectContaining({ Action: 'kms:*' }),
    expect.objectContaining({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Principal,
      Condition,
    }),
  ]);
});

test("the key is the topic's own, is rotated, and goes with the stack", () => {
  const [keyId = ''] = Object.keys(template.findResources('AWS::KMS::Key'));

  template.hasResourceProperties('AWS::SNS::Topic', {
    KmsMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
  });
  template.hasResource('AWS::KMS::Key', {
    Properties: { EnableKeyRotation: true, PendingWindowInDays: 7 },
    DeletionPolicy: 'Delete',
  });
});

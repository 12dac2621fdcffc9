import { Match, Template } from 'aws-cdk-lib/assertions';
import { AlarmTopic } from '../../lib/operations/alarms/alarm-topic';
import { InsightNotifications } from '../../lib/operations/insight-notifications';
import { TraceGroup } from '../../lib/xray/trace-group';
import { testStack } from '../app';

test('sends the insights of the group, and of no other, to the topic', () => {
  const stack = testStack();
  const traceGroup = new TraceGroup(stack, 'Group', { groupName: 'G', insights: true });
  const { topic } = new AlarmTopic(stack, 'Alarms', { email: 'operator@example.com' });
  new InsightNotifications(stack, 'Insights', { traceGroup, topic });
  const template = Template.fromStack(stack);

  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.xray'],
      'detail-type': ['AWS X-Ray Insight Update'],
      detail: { GroupName: ['G'] },
    },
    Targets: [Match.objectLike({ Arn: stack.resolve(topic.topicArn) as unknown })],
  });
  for (const [type, property] of [
    ['AWS::SNS::TopicPolicy', 'PolicyDocument'],
    ['AWS::KMS::Key', 'KeyPolicy'],
  ] as const) {
    template.hasResourceProperties(type, {
      [property]: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } }),
        ]),
      },
    });
  }
});

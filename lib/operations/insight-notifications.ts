import { Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ITraceGroup } from '../xray/trace-group-base';

/**
 * Properties for `InsightNotifications`.
 */
export interface InsightNotificationsProps {
  /**
   * The group whose insights are sent. It must have `insightsNotifications`.
   */
  readonly traceGroup: ITraceGroup;

  /**
   * Where they go. The policy of a topic that exists already must let `events.amazonaws.com` publish.
   */
  readonly topic: sns.ITopic;
}

/**
 * Sends what X-Ray Insights finds to a topic.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-insights.html
 */
export class InsightNotifications extends Construct {
  constructor(scope: Construct, id: string, props: InsightNotificationsProps) {
    super(scope, id);

    const rule = new events.Rule(this, 'Rule', {
      description: 'An anomaly that X-Ray Insights found, or an update of it',
      eventPattern: {
        source: ['aws.xray'],
        detailType: ['AWS X-Ray Insight Update'],
        detail: { GroupName: [props.traceGroup.groupName] },
      },
      targets: [new targets.SnsTopic(props.topic)],
    });
    Validations.of(rule).acknowledge({
      id: 'Annotation::@aws-cdk/aws-events:ruleUnresolvedEnvironment',
      reason: 'A rule reaches a topic of its own Region only, as an alarm does.',
    });
  }
}

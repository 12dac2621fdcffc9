import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/**
 * Properties for `AlarmTopic`.
 */
export interface AlarmTopicProps {
  /**
   * Who receives the alarms. SNS asks this address to confirm the subscription.
   */
  readonly email: string;
}

/**
 * An encrypted topic that CloudWatch alarms publish to, and that an email address receives.
 *
 * It has a KMS key of its own, for 1 USD a month: CloudWatch cannot publish to a topic that is encrypted with the AWS managed
 * key `alias/aws/sns`, and nothing reports that it cannot.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export class AlarmTopic extends Construct {
  /**
   * The topic.
   */
  public readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);

    const key = new kms.Key(this, 'Key', {
      description: 'Encrypts the alarms on their way through SNS',
      enableKeyRotation: true,
      // no message outlives its delivery
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    this.topic = new sns.Topic(this, 'Resource', { masterKey: key, enforceSSL: true });
    this.topic.addSubscription(new subscriptions.EmailSubscription(props.email));

    // `enforceSSL` gives the topic a policy, which replaces the one that lets alarms of the account publish
    this.topic.grantPublish(
      new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}

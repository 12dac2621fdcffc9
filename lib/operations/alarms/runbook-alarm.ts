import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/**
 * Who hears of an alarm, and what they read about it.
 */
export interface AlarmNotificationProps {
  /**
   * Where the alarms go, when they begin and when they end. Its policy must let `cloudwatch.amazonaws.com` publish.
   *
   * @default - the alarms show in CloudWatch only
   */
  readonly topic?: sns.ITopic;

  /**
   * Path or URL of the runbook that has a section for each alarm.
   *
   * @default 'docs/runbook.md'
   */
  readonly runbook?: string;
}

interface RunbookAlarmProps extends cloudwatch.CreateAlarmOptions {
  readonly metric: cloudwatch.IMetric;
  /** One sentence. */
  readonly meaning: string;
  /** The section of the runbook. */
  readonly section: string;
}

/**
 * An alarm whose description says what it means, and links to the runbook. It fires above its threshold, and not without data,
 * unless it is told to. It has no name of its own, which could collide with the alarm that it replaces.
 */
export function addRunbookAlarm(
  scope: Construct,
  id: string,
  { topic, runbook = 'docs/runbook.md' }: AlarmNotificationProps,
  { meaning, section, ...props }: RunbookAlarmProps,
): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(scope, id, {
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    ...props,
    alarmDescription: `${meaning} See ${runbook}#${section}`,
  });
  if (topic) {
    const action = new actions.SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
  return alarm;
}

import { Validations } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

/**
 * Properties for `RestartOnParameterChange`.
 */
export interface RestartOnParameterChangeProps {
  /**
   * Name of the SSM parameter that the tasks read when they start.
   */
  readonly parameterName: string;

  /**
   * The service whose tasks read the parameter.
   */
  readonly service: ecs.FargateService;
}

/**
 * Starts a rolling deployment of a service when an SSM parameter gets a new value.
 *
 * It costs nothing while it waits, and less than a hundredth of a cent each time. SSM delivers events on a best-effort basis:
 * one may be lost.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
 */
export class RestartOnParameterChange extends Construct {
  constructor(scope: Construct, id: string, props: RestartOnParameterChangeProps) {
    super(scope, id);

    const { parameterName, service } = props;
    const restart = tasks.CallAwsService.jsonPath(this, 'ReplaceTasks', {
      service: 'ecs',
      action: 'updateService',
      parameters: {
        Cluster: service.cluster.clusterName,
        Service: service.serviceName,
        ForceNewDeployment: true,
      },
      iamResources: [service.serviceArn],
      iamAction: 'ecs:UpdateService',
      // the response describes the whole service, with its last hundred events
      resultPath: sfn.JsonPath.DISCARD,
    });
    restart.addRetry({ maxAttempts: 5 });
    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'Replaces the tasks, which read the parameter when they start',
      definitionBody: sfn.DefinitionBody.fromChainable(restart),
    });
    new events.Rule(this, 'Rule', {
      description: `A new value of ${parameterName}`,
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: { name: [parameterName], operation: ['Create', 'Update'] },
      },
      targets: [new targets.SfnStateMachine(stateMachine)],
    });

    Validations.of(stateMachine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps the history of each execution, of one state, for 90 days anyway.',
    });
    Validations.of(stateMachine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'A trace of one call in one state says no more than the history, and is billed.',
    });
  }
}

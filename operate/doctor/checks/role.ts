import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { type Check, healthy, wrong } from '../check';

/** The actions that the daemon calls. */
const ACTIONS = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

export const ROLE_CHECK: Check = {
  id: 'role',
  question: 'May the daemon write traces and read the sampling rules?',
  asks: ['ecs:DescribeTaskDefinition', 'iam:SimulatePrincipalPolicy'],
  run: async (deployment) => {
    const { taskRoleArn } = await deployment.taskDefinition();
    if (taskRoleArn === undefined) {
      return wrong('the task has no role', 'npx cdk deploy');
    }
    const { EvaluationResults = [] } = await deployment.clients.iam.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: taskRoleArn, ActionNames: ACTIONS }),
    );
    const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(
      ({ EvalActionName, EvalDecision }) => `${EvalActionName ?? ''} (${EvalDecision ?? ''})`,
    );
    const role = taskRoleArn.split('/').at(-1) ?? '';
    return denied.length === 0
      ? healthy(`${role} allows it`)
      : wrong(
          `${role} does not allow ${denied.join(', ')}: see its policies, its permissions boundary, and the organization's service control policies`,
          'npx cdk deploy',
        );
  },
};

import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { type Check, well, wrong } from '../check';

/** What the daemon calls. */
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
      ? well(`${role} may`)
      : wrong(
          `${role} may not call ${denied.join(', ')}: by its own policies, a boundary, or a service control policy`,
          'npx cdk deploy',
        );
  },
};

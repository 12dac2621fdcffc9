import { type Check, healthy, wrong } from '../check';

export const STACK_CHECK: Check = {
  id: 'stack',
  question: 'Is the stack deployed?',
  asks: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
  run: ({ stack: { StackName = '', StackStatus = '' } }) => {
    const events = `aws cloudformation describe-stack-events --stack-name ${StackName} --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason]" --output text`;
    const isComplete = /^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(StackStatus);
    return Promise.resolve(
      isComplete
        ? healthy(`${StackName} is ${StackStatus}`)
        : wrong(`${StackName} is ${StackStatus}`, events),
    );
  },
};

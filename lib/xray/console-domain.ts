import { CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

const DOMAIN = 'console.aws.amazon.com';
const OTHER_DOMAINS = [
  { partition: 'aws-cn', domain: 'console.amazonaws.cn', condition: 'IsInChina' },
  { partition: 'aws-us-gov', domain: 'console.amazonaws-us-gov.com', condition: 'IsInGovCloud' },
];

/**
 * The domain of a partition's AWS console. If the partition is known only at deployment, the stack gets conditions that tell
 * it.
 */
export function consoleDomain(scope: Construct, partition: string): string {
  if (!Token.isUnresolved(partition)) {
    return OTHER_DOMAINS.find((other) => other.partition === partition)?.domain ?? DOMAIN;
  }
  const stack = Stack.of(scope);
  return OTHER_DOMAINS.reduce((otherwise, { condition, ...other }) => {
    if (!stack.node.tryFindChild(condition)) {
      const expression = Fn.conditionEquals(partition, other.partition);
      new CfnCondition(stack, condition, { expression });
    }
    return Fn.conditionIf(condition, other.domain, otherwise).toString();
  }, DOMAIN);
}

import { AspectPriority, Aspects, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

interface Document {
  readonly Statement: readonly {
    readonly Action: string | readonly string[];
    readonly Resource?: unknown;
  }[];
}

/**
 * Acknowledges that a role allows these actions, which support no resource, on `*`. cdk-nag still reports a policy that allows
 * any other action so.
 */
export function acknowledgeStatements(
  role: IConstruct,
  actions: readonly string[],
  reason: string,
): void {
  const visit = (node: IConstruct) => {
    if (node instanceof iam.CfnPolicy && actionsOnAll(node).every((a) => actions.includes(a))) {
      acknowledge(node, 'AwsSolutions-IAM5[Resource::*]', reason);
    }
  };
  Aspects.of(role).add({ visit }, { priority: AspectPriority.READONLY });
}

function actionsOnAll(policy: iam.CfnPolicy): readonly string[] {
  const { Statement } = Stack.of(policy).resolve(policy.policyDocument) as Document;
  return Statement.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(
    ({ Action }) => Action,
  );
}

import { Validations } from 'aws-cdk-lib';
import { version } from 'aws-cdk-lib/package.json';
import type { IConstruct } from 'constructs';

/**
 * The first version of aws-cdk-lib in which a finding can be acknowledged.
 */
export const MINIMUM_CDK_VERSION = '2.252.0';

/**
 * Acknowledges a finding of cdk-nag for a construct and what is inside of it.
 *
 * @param rule id of the rule, with the finding if it has several: `AwsSolutions-IAM5[Resource::*]`
 * @throws with an aws-cdk-lib below `MINIMUM_CDK_VERSION`, which would fail with no word about its version
 */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  const { prototype } = Validations as { prototype: object };
  if (!('acknowledge' in prototype)) {
    throw new Error(`aws-cdk-lib must be ${MINIMUM_CDK_VERSION} or later, got: ${version}`);
  }
  Validations.of(scope).acknowledge({ id: rule, reason });
}

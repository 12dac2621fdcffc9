import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { PropError } from './prop-checks';

/**
 * The other constructs of one kind in the whole app that are deployed to the same account and region, as far as that is known:
 * stacks without an environment of their own share one, unless they are in different stages.
 */
export function othersInEnvironment<T extends IConstruct>(
  scope: Construct,
  isOfKind: (construct: IConstruct) => construct is T,
): T[] {
  return scope.node.root.node
    .findAll()
    .filter(isOfKind)
    .filter((other) => other !== scope && isSameEnvironment(Stack.of(scope), Stack.of(other)));
}

function isSameEnvironment(one: Stack, other: Stack): boolean {
  const isKnown = !Token.isUnresolved(one.account) && !Token.isUnresolved(one.region);
  return one.environment === other.environment && (isKnown || Stage.of(one) === Stage.of(other));
}

/**
 * Refuses the value of a prop that must be unique.
 *
 * @param where among what, such as `in an account and region`
 * @param holder the construct that has the value already
 */
export function requireNoHolder(
  prop: string,
  value: unknown,
  where: string,
  holder: IConstruct | undefined,
): void {
  if (holder) {
    throw new PropError(prop, `be unique ${where}, ${holder.node.path} has it already`, value);
  }
}

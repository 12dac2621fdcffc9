import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { PropError } from './prop-error';

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
 * Refuses the value of a prop if another construct has it. A value known only at deployment is another one in each stack.
 *
 * @param where among what the value must be unique, such as `in an account and region`
 * @param holders the other constructs with this value
 */
export function requireUnique(
  scope: Construct,
  prop: string,
  value: unknown,
  where: string,
  holders: readonly IConstruct[],
): void {
  const holder = holders.find(
    (other) => !Token.isUnresolved(value) || Stack.of(other) === Stack.of(scope),
  );
  if (holder) {
    throw new PropError(prop, `be unique ${where}, ${holder.node.path} already has it`, value);
  }
}

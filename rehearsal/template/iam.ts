/**
 * A statement of a policy, resolved.
 */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * What IAM decides for a role that has only identity policies: a `Deny` that matches wins, then
 * any `Allow`, else no.
 */
export function isAllowed(
  statements: readonly Statement[],
  action: string,
  resource: string,
): boolean {
  const matching = statements.filter(
    (statement) =>
      statement.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      statement.resources.some((pattern) => matches(pattern, resource)),
  );
  return (
    matching.some(({ effect }) => effect === 'Allow') &&
    !matching.some(({ effect }) => effect === 'Deny')
  );
}

/**
 * The wildcards of IAM and of X-Ray's sampling rules: `*` is any text, `?` any one character.
 */
export function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

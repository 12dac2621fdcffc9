import { Token } from 'aws-cdk-lib';

/**
 * The value as an error shows it: a token is a meaningless text or number.
 */
export function shown(value: unknown): string {
  return Token.isUnresolved(value) ? 'a value known only at deployment' : String(value);
}

/**
 * Refuses the value of a prop: `` `prop` must <rule>, got: <value> ``.
 */
export class PropError extends Error {
  /**
   * @param rule what the value must be, such as `be a whole number`
   */
  constructor(
    public readonly prop: string,
    public readonly rule: string,
    public readonly value: unknown,
  ) {
    super(`\`${prop}\` must ${rule}, got: ${shown(value)}`);
  }
}

/**
 * Runs `build`. If it refuses a prop, the error is thrown again with the name under which the user set the value.
 */
export function renamingProps<T>(rename: (prop: string) => string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw error instanceof PropError
      ? new PropError(rename(error.prop), error.rule, error.value)
      : error;
  }
}

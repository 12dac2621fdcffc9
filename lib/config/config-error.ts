import type { ConfigKey } from './config-schema';

/**
 * Prefix of every context key.
 */
export const PREFIX = 'cruddur:';

/**
 * Says what is wrong with the configuration, so that the user can fix it; a stack trace would not help.
 */
export class ConfigError extends Error {}

/**
 * Words an error about one key.
 *
 * @param rule what the value must be, such as `must be true or false`
 */
export function message(key: ConfigKey, rule: string, value: unknown): string {
  // an API key is easily put here by mistake
  const got =
    key === 'honeycombApiKeyParameterName' ? 'another value, not shown' : JSON.stringify(value);
  return `${PREFIX}${key} ${rule}, got: ${got}`;
}

/**
 * @throws ConfigError with a line for each error, if there are any
 */
export function refuse(errors: string[]): void {
  if (errors.length > 0) {
    throw new ConfigError(errors.join('\n'));
  }
}

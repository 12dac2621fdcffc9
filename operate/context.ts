import { readFileSync } from 'node:fs';
import { OperatorError } from './operator-error';

/**
 * Returns the context of cdk.json with settings that override it, as `cdk -c KEY=VALUE` does.
 *
 * @param settings each `KEY=VALUE`
 * @throws OperatorError for a setting without `=`, which is not shown: it may be a key
 */
export function contextWith(
  settings: readonly string[],
  cdkJson = 'cdk.json',
): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(cdkJson, 'utf8')) as { context?: object };
  return { ...context, ...Object.fromEntries(settings.map(keyAndValue)) };
}

function keyAndValue(setting: string): [key: string, value: string] {
  const [key = '', ...value] = setting.split('=');
  if (value.length === 0) {
    throw new OperatorError('--context must be KEY=VALUE, got: a text without =');
  }
  return [key, value.join('=')];
}

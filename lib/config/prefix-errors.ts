import { closest, distance } from 'fastest-levenshtein';
import { NAMES_API_KEY } from './api-key-errors';
import { PREFIX } from './config-error';
import { CONFIG_KEYS, type ConfigKey } from './config-schema';

/**
 * Returns an error for a context key that was meant to be one of ours: CDK ignores an unknown key, and
 * `-c stage=dev` would deploy to production.
 */
export function prefixErrors(key: string): string[] {
  if (key.startsWith(PREFIX) || NAMES_API_KEY.test(key)) {
    return [];
  }
  const meant = CONFIG_KEYS.find(isMeantBy(key)) ?? suggestionUnderMisspeltPrefix(key);
  return meant ? [`${PREFIX}${meant} must be written with this prefix, got: ${key}`] : [];
}

/** Whether the key is a known one without the prefix, or with another separator or case: `Stage`, `CRUDDUR_STAGE`. */
function isMeantBy(key: string): (known: ConfigKey) => boolean {
  const written = squeeze(key);
  return (known) =>
    written === squeeze(known) || distance(written, squeeze(`${PREFIX}${known}`)) <= 1;
}

/** For `cruddr:stage`, and for a `cruddur` that holds all keys. The keys of others are none of ours: `other:stage`. */
function suggestionUnderMisspeltPrefix(key: string): string | undefined {
  const [, namespace = '', rest] = /^\s*(\w+)\s*(?::(.*))?$/.exec(key) ?? [];
  const isNear = distance(squeeze(namespace), squeeze(PREFIX)) <= 2;
  return isNear ? (rest ? closest(rest, CONFIG_KEYS) : '<key>') : undefined;
}

function squeeze(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

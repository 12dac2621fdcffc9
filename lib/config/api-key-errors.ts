// ingest keys, classic keys, configuration keys: https://docs.honeycomb.io/configure/environments/manage-api-keys/
const API_KEY = /hc[a-z]{2}k_\w+|^[0-9a-f]{32}$|^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{22}$/;

export const NAMES_API_KEY = /honeycomb.?api.?key$/i;

/**
 * Returns an error for each context entry that looks like an API key, or is named like one. The value is not shown.
 */
export function apiKeyErrors(context: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(context)
    .filter(
      ([key, value]) =>
        NAMES_API_KEY.test(key) || (typeof value === 'string' && API_KEY.test(value)),
    )
    .map(
      ([key]) =>
        `${key} must not hold an API key, the context ends up in files and logs: remove it, and store the key with npm run key (the value is not shown)`,
    );
}

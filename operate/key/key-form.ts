import { OperatorError } from '../operator-error';

/** @see https://docs.honeycomb.io/configure/environments/manage-api-keys/ */
const KEY = {
  ingest: /^hc[a-z]i[ck]_[0-9a-z]{58}$/,
  configuration: /^[0-9A-Za-z]{22}$/,
  classic: /^[0-9a-f]{32}$/,
};

/** Keys, and halves of keys, that are easily mistaken for one of the above. */
const MISTAKEN: readonly [form: RegExp, what: string][] = [
  [/^$/, 'nothing was given'],
  [/\s/, 'it contains white space; copy only the key'],
  [/^hc[a-z]mk_/, 'it is a management key, which cannot send traces'],
  [/^hc[a-z]lk_/, 'it is the ID of a configuration key; its token is needed'],
  [
    /^hc[a-z]i[ck]_/,
    'it is not 64 characters long: an ingest key is its ID followed by its secret, without a space',
  ],
];

/**
 * Refuses anything that is not a Honeycomb API key, without showing it.
 *
 * @throws OperatorError for anything but an ingest key, the token of a configuration key, or a classic key
 */
export function requireKeyForm(key: string): void {
  if (Object.values(KEY).some((form) => form.test(key))) {
    return;
  }
  const [, what] = MISTAKEN.find(([form]) => form.test(key)) ?? [
    undefined,
    `another value of ${key.length} characters`,
  ];
  throw new OperatorError(
    `the key must be an ingest key (hc.ik_..., 64 characters), the token of a configuration key (22), or a classic key (32), got: ${what}; the value is not shown`,
  );
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../../rehearsal/checks/checks';
import { STATIC_CHECKS } from '../../rehearsal/static/facts';
import { MUTATIONS } from '../../rehearsal/mutations/mutations';

const README = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');

/** The schemas, and what no fact is about. */
const OTHER_STATIC_CHECKS = 2;

test.each([
  ['checks', CHECKS.length + STATIC_CHECKS.length + OTHER_STATIC_CHECKS, /(\d+) checks/g],
  ['mutations', MUTATIONS.length, /(\d+) mistakes/g],
])('README.md states the number of %s', (_, count, statement) => {
  const stated = [...README.matchAll(statement)].map(([, number]) => Number(number));

  expect(new Set(stated)).toEqual(new Set([count]));
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../../rehearsal/checks/checks';
import { MUTATIONS } from '../../rehearsal/mutations/mutations';

const README = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');

test.each([
  ['checks', CHECKS.length, /runs (\d+) checks/],
  ['mutations', MUTATIONS.length, /(\d+) mistakes/],
])('README.md states the number of %s', (_, count, statement) => {
  expect(statement.exec(README)?.[1]).toBe(String(count));
});

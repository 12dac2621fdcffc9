import { change } from '../../../rehearsal/mutations/change';
import type { Template } from '../../../rehearsal/template/resolver';
import { synthesized } from '../synthesized';
import { CHECKS } from '../../../rehearsal/checks/checks';
import { STATIC_CHECKS } from '../../../rehearsal/static/facts';
import { VALIDATOR_CHECK } from '../../../rehearsal/static/static-checks';
import { MUTATIONS } from '../../../rehearsal/mutations/mutations';

test('every mutation names the check that must catch it', () => {
  const known = ['refused', VALIDATOR_CHECK, ...[...CHECKS, ...STATIC_CHECKS].map(({ id }) => id)];

  expect(MUTATIONS.filter(({ caughtBy }) => !known.includes(caughtBy))).toEqual([]);
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(25);
});

test('every name is used once', () => {
  for (const names of [MUTATIONS.map(({ name }) => name), CHECKS.map(({ id }) => id)]) {
    expect(new Set(names).size).toBe(names.length);
  }
});

test('every check catches a mutation, except those that no template can make fail', () => {
  const caught = MUTATIONS.map(({ caughtBy }) => caughtBy);

  expect(CHECKS.map(({ id }) => id).filter((id) => !caught.includes(id))).toEqual([
    // only the application's own code can make these fail
    'requests-answered',
    'stop-flushes',
    'failures-marked',
    'url-recorded',
    'sampling-reported',
    'same-id',
    'same-spans',
    'key-hidden',
    'routes-answer',
    'spans-expected',
    'callee-parent',
  ]);
});

test('every mutation changes the template of the stack', () => {
  const before = JSON.stringify(synthesized().template);
  const unchanged = MUTATIONS.filter((mutation) => {
    const template = JSON.parse(before) as Template;
    change(template, mutation.change);
    return JSON.stringify(template) === before;
  });

  expect(unchanged).toEqual([]);
});

test.each(['nobody.Memory = 1', 'AWS::ECS::Service.DesiredCount = 1', 'Memory'])(
  'refuses %s where the template has no such part',
  (line) => {
    expect(() => {
      change({ Resources: {} }, line);
    }).toThrow(`the template has nothing to change for: ${line}`);
  },
);

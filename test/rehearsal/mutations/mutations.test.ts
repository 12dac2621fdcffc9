import { MUTATIONS } from '../../../rehearsal/mutations/mutations';
import { PROMISES } from '../../../rehearsal/checks/promises';

test('every mutation names the promise that it must break', () => {
  const known = ['refused', ...PROMISES.map(({ id }) => id)];

  expect(MUTATIONS.filter(({ breaks }) => !known.includes(breaks))).toEqual([]);
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(25);
});

test('every name is used once', () => {
  for (const names of [MUTATIONS.map(({ name }) => name), PROMISES.map(({ id }) => id)]) {
    expect(new Set(names).size).toBe(names.length);
  }
});

test('every promise is broken by a mutation, but for those that no template can break', () => {
  const broken = MUTATIONS.map(({ breaks }) => breaks);

  expect(PROMISES.map(({ id }) => id).filter((id) => !broken.includes(id))).toEqual([
    // the application's own work: its code would have to be broken
    'requests-answered',
    'same-id',
    'seed-span',
    'key-hidden',
    'stop-flushes',
  ]);
});

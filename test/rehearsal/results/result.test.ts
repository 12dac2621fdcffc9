import { evaluate, totals, withoutSecret } from '../../../rehearsal/results/result';
import { row } from '../fixture';

const AT_LEAST_ONE = {
  passes: (count: number) => count > 0,
  figure: (count: number) => `${count} seen`,
};

test('evaluates data, and describes it on demand', () => {
  const result = evaluate(AT_LEAST_ONE, 3);

  expect(result).toMatchObject({ outcome: 'passed', data: 3 });
  expect(result.figure()).toBe('3 seen');
  expect(evaluate(AT_LEAST_ONE, 0).outcome).toBe('failed');
});

test('what cannot be measured has neither passed nor failed', () => {
  const result = evaluate({ ...AT_LEAST_ONE, unavailable: 'no /proc' }, 3);

  expect(result.outcome).toBe('not evaluated');
  expect(result.figure()).toBe('Not evaluated: no /proc');
  expect(totals([row('passed'), result, row('failed')])).toBe(
    '1 passed, 1 failed, 1 not evaluated',
  );
});

test('totals have the form that CI adds up', () => {
  expect(totals([row('passed'), row('passed')])).toBe('2 passed, 0 failed');
});

test('removes a secret from the data and from the figure', () => {
  const shown = withoutSecret(
    row('failed', { data: ['a key'], figure: () => 'the log: key' }),
    'key',
  );

  expect(shown.data).toEqual(['a <the key>']);
  expect(shown.figure()).toBe('the log: <the key>');
});

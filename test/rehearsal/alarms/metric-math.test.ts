import { evaluateMath } from '../../../rehearsal/alarms/metric-math';

const columns = { a: [1, 2, undefined, 4], b: [4, undefined, undefined, 0] };

test.each([
  ['a', [1, 2, undefined, 4]],
  ['a + 2 * 3', [7, 8, undefined, 10]],
  ['(a + 2) * 3', [9, 12, undefined, 18]],
  ['10 - 4 - 3', [3, 3, 3, 3]],
  ['a / b', [0.25, undefined, undefined, undefined]],
  ['FILL(b, 7)', [4, 7, 7, 0]],
  ['IF(FILL(a, 0) > 1, 5, b)', [4, 5, undefined, 5]],
  ['IF(a, 1, 2)', [1, 1, undefined, 1]],
  ['a >= 2 AND FILL(b, 1) < 1', [0, 0, undefined, 1]],
  ['a == 1 || a == 2 && 0', [1, 0, undefined, 0]],
  ['RUNNING_SUM(FILL(a, 10))', [1, 3, 13, 17]],
])('%s', (expression, expected) => {
  expect(evaluateMath(expression, columns)).toEqual(expected);
});

test.each([
  ['FIL(b, 0)', 'knows no function FIL 2'],
  ['FILL(b)', 'knows no function FILL 1'],
  ['c + 1', 'c is not one of its metrics'],
  ['a +', 'or a metric or a function but end of input found'],
  ['(a', 'but end of input found'],
  ['a b', 'or end of input but "b" found'],
  ['a ? b', 'or end of input but "?" found'],
])('fails with %s', (expression, message) => {
  expect(() => evaluateMath(expression, columns)).toThrow(message);
});

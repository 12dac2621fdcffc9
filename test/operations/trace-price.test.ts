import { tracesADay } from '../../lib/operations/trace-price';

test.each([
  [64.8, 5, 426_082],
  [64.8, 6, 355_068],
  [0, 5, 0],
])('%d USD a month at %d USD a million pay for %d traces a day', (budget, price, traces) => {
  expect(tracesADay(budget, price)).toBe(traces);
});

test('fails with a budget below 0', () => {
  expect(() => tracesADay(-1, 5)).toThrow(
    '`monthlyTraceBudgetUsd` must be a finite number, 0 or more, got: -1',
  );
});

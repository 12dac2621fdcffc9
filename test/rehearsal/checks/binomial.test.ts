import { allowedCounts } from '../../../rehearsal/checks/binomial';

const draw = { requests: 1000, freeAtLeast: 0, freeAtMost: 0, rate: 0.1 };

test('is exact: both tails hold at most half of the false alarms', () => {
  const { low, high } = allowedCounts({ ...draw, requests: 20, rate: 0.5 }, 0.05);

  // P(X < 6) = 0.0207 and P(X < 7) = 0.0577, where X has 20 draws of a half
  expect({ low, high }).toEqual({ low: 6, high: 14 });
});

test('agrees with a simulation', () => {
  const { low, high } = allowedCounts(draw, 1e-9);

  expect(low).toBeGreaterThan(40);
  expect(low).toBeLessThan(60);
  expect(high).toBeGreaterThan(150);
  expect(high).toBeLessThan(170);
});

test.each([
  [
    { ...draw, rate: 0 },
    { low: 0, high: 0 },
  ],
  [
    { ...draw, rate: 1 },
    { low: 1000, high: 1000 },
  ],
  [
    { ...draw, rate: 0, freeAtLeast: 10, freeAtMost: 20 },
    { low: 10, high: 20 },
  ],
  [
    { ...draw, requests: 5, rate: 0, freeAtLeast: 10, freeAtMost: 20 },
    { low: 5, high: 5 },
  ],
  [
    { ...draw, requests: 0 },
    { low: 0, high: 0 },
  ],
])('needs no chance for %j', (certain, expected) => {
  expect(allowedCounts(certain, 1e-9)).toEqual(expected);
});

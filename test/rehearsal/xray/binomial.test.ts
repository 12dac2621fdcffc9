import { expectedCounts } from '../../../rehearsal/xray/binomial';

const draw = { requests: 1000, fromReservoir: { atLeast: 0, atMost: 0 }, rate: 0.1 };
const fromReservoir = { atLeast: 10, atMost: 20 };

test('is exact: each tail holds at most half of the false alarms', () => {
  const { atLeast, atMost } = expectedCounts({ ...draw, requests: 20, rate: 0.5 }, 0.05);

  // P(X < 6) = 0.0207 and P(X < 7) = 0.0577, where X is binomial with n = 20 and p = 0.5
  expect({ atLeast, atMost }).toEqual({ atLeast: 6, atMost: 14 });
});

test('agrees with a simulation', () => {
  const { atLeast, atMost } = expectedCounts(draw, 1e-9);

  expect(atLeast).toBeGreaterThan(40);
  expect(atLeast).toBeLessThan(60);
  expect(atMost).toBeGreaterThan(150);
  expect(atMost).toBeLessThan(170);
});

test.each([
  [
    { ...draw, rate: 0 },
    { atLeast: 0, atMost: 0 },
  ],
  [
    { ...draw, rate: 1 },
    { atLeast: 1000, atMost: 1000 },
  ],
  [
    { ...draw, rate: 0, fromReservoir },
    { atLeast: 10, atMost: 20 },
  ],
  [
    { ...draw, requests: 5, rate: 0, fromReservoir },
    { atLeast: 5, atMost: 5 },
  ],
  [
    { ...draw, requests: 0 },
    { atLeast: 0, atMost: 0 },
  ],
])('is certain for %j', (certain, expected) => {
  expect(expectedCounts(certain, 1e-9)).toEqual(expected);
});

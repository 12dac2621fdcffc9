import { bill } from '../../../operate/cost/bill';
import { PRICES } from '../../../operate/cost/prices';

test('uses of one name and price are one line', () => {
  const dashboard = { what: 'dashboard', price: 'dashboard', units: 1 } as const;

  expect(bill([dashboard, dashboard]).lines).toEqual([
    { ...dashboard, units: 2, list: 6, withFreeUnits: 0 },
  ]);
});

test('free units are given once for all lines of a price', () => {
  const alarms = (what: string, units: number) => ({ what, price: 'alarmMetric', units }) as const;

  const { lines, list, withFreeUnits } = bill([alarms('a', 8), alarms('b', 8)]);

  expect(lines.map((line) => line.withFreeUnits)).toEqual([0, expect.closeTo(0.6)]);
  expect([list, withFreeUnits]).toEqual([expect.closeTo(1.6), expect.closeTo(0.6)]);
});

test('every price is above 0, and names its source', () => {
  for (const price of Object.values(PRICES)) {
    expect(price.usd).toBeGreaterThan(0);
    expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\/\w+\/pricing\/$/);
  }
});

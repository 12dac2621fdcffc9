import { shareReservoir } from '../../../../operate/cost/traffic/reservoir';
import { DEFAULT_RULE } from '../../../../rehearsal/xray/sampling-rule';

const RULE = { ...DEFAULT_RULE, RuleName: 'Cruddur', FixedRate: 0.1, ReservoirSize: 5 };

test('one task has the whole reservoir once X-Ray has answered, and one a second before', () => {
  expect(shareReservoir(RULE, 1, 20)).toEqual({
    tasks: 1,
    atFirst: expect.closeTo(1 + 19 * 0.1) as number,
    afterwards: expect.closeTo(5 + 15 * 0.1) as number,
    tasksWithQuota: 1,
  });
});

test('20 tasks record no more than one does, but for the first seconds, in which each borrows', () => {
  expect(shareReservoir(RULE, 20, 20)).toEqual({
    tasks: 20,
    atFirst: expect.closeTo(20) as number,
    afterwards: expect.closeTo(5 + 15 * 0.1) as number,
    tasksWithQuota: 5,
  });
});

test('most of 200 tasks have no part in the reservoir, and few requests reach those that have', () => {
  const { afterwards, tasksWithQuota } = shareReservoir(RULE, 200, 20);

  expect(tasksWithQuota).toBe(5);
  // 5 of 200 tasks record the 0.1 requests a second that they get
  expect(afterwards).toBeCloseTo(5 * 0.1 + 19.5 * 0.1, 6);
});

test('a rule without a reservoir records its rate from the first second', () => {
  const { atFirst, afterwards } = shareReservoir({ ...RULE, ReservoirSize: 0 }, 200, 20_000);

  expect([atFirst, afterwards]).toEqual([expect.closeTo(2000), expect.closeTo(2000)]);
});

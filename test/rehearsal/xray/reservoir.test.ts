import { reservoirRange } from '../../../rehearsal/xray/reservoir';
import { DEFAULT_RULE } from '../../../rehearsal/xray/sampling-rule';

const RULE = { ...DEFAULT_RULE, RuleName: 'Cruddur', Priority: 9000, ReservoirSize: 5 };

/** Ten requests in each of three whole seconds. */
const requests = [100, 101, 102].flatMap((second) =>
  Array.from({ length: 10 }, () => ({ from: second + 0.1, to: second + 0.2 })),
);
const quota = { rule: 'Cruddur', client: 'a', perSecond: 5, givenAt: 90, expiresAt: 105 };

test('without a quota, one request a second is borrowed', () => {
  expect(reservoirRange(RULE, requests, [])).toEqual({ atLeast: 3, atMost: 3 });
});

test('without a reservoir, no request is borrowed', () => {
  expect(reservoirRange({ ...RULE, ReservoirSize: 0 }, requests, [])).toEqual({
    atLeast: 0,
    atMost: 0,
  });
});

test('a valid quota is used each second', () => {
  expect(reservoirRange(RULE, requests, [quota])).toEqual({ atLeast: 15, atMost: 15 });
});

test('after a quota expires, one request a second is borrowed', () => {
  expect(reservoirRange(RULE, requests, [{ ...quota, expiresAt: 101 }])).toEqual({
    atLeast: 11,
    atMost: 11,
  });
});

test('in the seconds around its arrival, a request may be borrowed and the quota used', () => {
  expect(reservoirRange(RULE, requests, [{ ...quota, givenAt: 101.5 }])).toEqual({
    atLeast: 3,
    atMost: 1 + 6 + 6,
  });
});

test('with two processes, all requests may have gone to the one with the smaller quota', () => {
  const other = { ...quota, client: 'b', perSecond: 2 };

  expect(reservoirRange(RULE, requests, [quota, other])).toEqual({ atLeast: 6, atMost: 21 });
});

test('a request that spans two seconds is certain in neither', () => {
  expect(reservoirRange(RULE, [{ from: 100.9, to: 101.1 }], [quota])).toEqual({
    atLeast: 0,
    atMost: 2,
  });
});

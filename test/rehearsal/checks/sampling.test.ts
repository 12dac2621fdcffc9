import { decidingRule, DEFAULT_RULE, reservoirTakes } from '../../../rehearsal/checks/sampling';

const HOME = { service: 'backend-flask', host: 'api.cruddur.com', method: 'GET', path: '/home' };
const RULE = { ...DEFAULT_RULE, RuleName: 'Cruddur', Priority: 9000, ReservoirSize: 5 };

test('the lowest priority that matches decides', () => {
  const health = { ...RULE, RuleName: 'health', Priority: 8999, URLPath: '/health' };

  expect(decidingRule([RULE, health], HOME).RuleName).toBe('Cruddur');
  expect(decidingRule([RULE, health], { ...HOME, path: '/health' }).RuleName).toBe('health');
});

test.each([
  { ServiceName: 'backend' },
  { Host: 'localhost' },
  { HTTPMethod: 'POST' },
  { URLPath: '/home,/other' },
])('rule Default decides where %j does not match', (matcher) => {
  expect(decidingRule([{ ...RULE, ...matcher }], HOME).RuleName).toBe('Default');
});

test.each(['back*', '*flask', 'backend?flask', 'BACKEND-FLASK'])('matches %s', (ServiceName) => {
  expect(decidingRule([{ ...RULE, ServiceName }], HOME).RuleName).toBe('Cruddur');
});

describe('reservoir', () => {
  /** Ten requests in each of three whole seconds. */
  const requests = [100, 101, 102].flatMap((second) =>
    Array.from({ length: 10 }, () => ({ from: second + 0.1, to: second + 0.2 })),
  );
  const quota = { rule: 'Cruddur', client: 'a', perSecond: 5, givenAt: 90, expiresAt: 105 };

  test('without a quota, one a second is borrowed', () => {
    expect(reservoirTakes(RULE, requests, [])).toEqual({ atLeast: 3, atMost: 3 });
  });

  test('without a reservoir, none is', () => {
    expect(reservoirTakes({ ...RULE, ReservoirSize: 0 }, requests, [])).toEqual({
      atLeast: 0,
      atMost: 0,
    });
  });

  test('a quota in force is taken each second', () => {
    expect(reservoirTakes(RULE, requests, [quota])).toEqual({ atLeast: 15, atMost: 15 });
  });

  test('an expired quota falls back to borrowing', () => {
    expect(reservoirTakes(RULE, requests, [{ ...quota, expiresAt: 101 }])).toEqual({
      atLeast: 11,
      atMost: 11,
    });
  });

  test('in the seconds around its arrival, a quota may be borrowed for and taken', () => {
    expect(reservoirTakes(RULE, requests, [{ ...quota, givenAt: 101.5 }])).toEqual({
      atLeast: 3,
      atMost: 1 + 6 + 6,
    });
  });

  test('with two processes, all requests may have gone to the one with less', () => {
    const other = { ...quota, client: 'b', perSecond: 2 };

    expect(reservoirTakes(RULE, requests, [quota, other])).toEqual({ atLeast: 6, atMost: 21 });
  });

  test('a request across two seconds is certain in neither', () => {
    expect(reservoirTakes(RULE, [{ from: 100.9, to: 101.1 }], [quota])).toEqual({
      atLeast: 0,
      atMost: 2,
    });
  });
});

import { decidingRule, DEFAULT_RULE } from '../../../rehearsal/xray/sampling-rule';

const HOME = { service: 'backend-flask', host: 'api.cruddur.com', method: 'GET', path: '/home' };
const RULE = { ...DEFAULT_RULE, RuleName: 'Cruddur', Priority: 9000, ReservoirSize: 5 };

test('the matching rule with the lowest priority decides', () => {
  const health = { ...RULE, RuleName: 'health', Priority: 8999, URLPath: '/health' };

  expect(decidingRule([RULE, health], HOME).RuleName).toBe('Cruddur');
  expect(decidingRule([RULE, health], { ...HOME, path: '/health' }).RuleName).toBe('health');
});

test.each([
  { ServiceName: 'backend' },
  { Host: 'localhost' },
  { HTTPMethod: 'POST' },
  { URLPath: '/home,/other' },
])('rule Default decides if %j does not match', (matcher) => {
  expect(decidingRule([{ ...RULE, ...matcher }], HOME).RuleName).toBe('Default');
});

test.each(['back*', '*flask', 'backend?flask', 'BACKEND-FLASK'])('matches %s', (ServiceName) => {
  expect(decidingRule([{ ...RULE, ServiceName }], HOME).RuleName).toBe('Cruddur');
});

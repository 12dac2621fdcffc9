import { matchesWildcard } from '../../../rehearsal/xray/wildcard';

test.each([
  ['*', ''],
  ['a*c', 'abbc'],
  ['a?c', 'abc'],
  ['(a|b)', '(a|b)'],
])('%s matches "%s"', (pattern, text) => {
  expect(matchesWildcard(pattern, text)).toBe(true);
});

test.each([
  ['a?c', 'abbc'],
  ['b', 'abc'],
  ['a.c', 'abc'],
])('%s does not match "%s": other characters are literal', (pattern, text) => {
  expect(matchesWildcard(pattern, text)).toBe(false);
});

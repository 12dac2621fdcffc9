import { matchesPattern, samplesFromLog } from '../../../rehearsal/alarms/metric-filter';

test.each([
  ['"[Error]"', '2026-01-01T00:00:00Z [Error] Sending segment batch failed', true],
  ['"[Error]"', 'Error', false],
  ['"a b"', 'b a', false],
  ['{ $.logger = "x" }', '{"logger": "x"}', true],
  ['{ $.logger = "x" }', '{"logger": "xy"}', false],
  ['{ $.logger = "x" }', '{"message": "{ logger: x }"}', false],
  ['{ $.logger = "x" }', 'logger = x', false],
  ['{ $.logger = "x" }', '"x"', false],
  ['{ $.logger = "x" }', 'null', false],
])('%s and %s: %p', (pattern, line, expected) => {
  expect(matchesPattern(pattern, line)).toBe(expected);
});

// what an emulator takes for a match with everything, and what needs more than one look
test.each([
  'error',
  '?"a" ?"b"',
  '"a" "b"',
  '%a%',
  '{ $.a = "b*" }',
  '{ $.a = "b" || $.c = "d" }',
  '',
])('fails with the pattern %s', (pattern) => {
  expect(() => matchesPattern(pattern, 'a')).toThrow(`does not know the filter pattern ${pattern}`);
});

test('a metric receives a value from each filter that feeds it, for each line that matches', () => {
  const filter = (FilterPattern: string, MetricName: string, MetricValue: string) => ({
    FilterPattern,
    MetricTransformations: [{ MetricNamespace: 'N', MetricName, MetricValue }],
  });
  const filters = [filter('"a"', 'M', '1'), filter('"b"', 'M', '3'), filter('"a"', 'Other', '1')];
  const metric = { Namespace: 'N', MetricName: 'M', Dimensions: [] };

  expect(samplesFromLog(filters, metric, [['a', 'a b', 'c'], [], ['b']])).toEqual([
    [1, 1, 3],
    [],
    [3],
  ]);
});

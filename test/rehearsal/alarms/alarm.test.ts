import { aggregate, evaluateAlarm, type Samples } from '../../../rehearsal/alarms/alarm';

const ALARM = {
  AlarmDescription: '',
  Namespace: 'N',
  MetricName: 'M',
  Statistic: 'Sum',
  Period: 60,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 3,
};

/** A text with a digit for each minute with one sample, and a dot for one without. */
const samples = (text: string): Samples =>
  Array.from(text, (minute) => (minute === '.' ? [] : [Number(minute)]));

const states = (properties: object, text: string) =>
  evaluateAlarm({ ...ALARM, ...properties }, () => samples(text))
    .map((state) => state[0])
    .join('');

test.each([
  ['fires when all points breach', {}, '9990', 'AO'],
  ['fires when M of N points breach', { DatapointsToAlarm: 2 }, '9099000', 'AAAOO'],
  ['does not fire at the threshold', {}, '555', 'O'],
  [
    'fires at the threshold if the operator includes it',
    { ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
    '555',
    'A',
  ],
  ['fires below', { ComparisonOperator: 'LessThanThreshold' }, '4445', 'AO'],
  ['fires below or at', { ComparisonOperator: 'LessThanOrEqualToThreshold' }, '5556', 'AO'],
  ['treats missing data as not breaching', { TreatMissingData: 'notBreaching' }, '99.', 'O'],
  ['treats missing data as breaching', { TreatMissingData: 'breaching' }, '99..0', 'AAO'],
  ['reports insufficient data', { TreatMissingData: 'missing' }, '...999', 'IOOA'],
  [
    'stays as it was without data',
    { TreatMissingData: 'ignore', EvaluationPeriods: 1 },
    '.9..0.',
    'IAAAOO',
  ],
  [
    'lets older data stand in for what is missing',
    { TreatMissingData: 'notBreaching' },
    '9.9.9...',
    'OOAOOO',
  ],
  ['has no state before its range is complete', {}, '99', ''],
])('%s', (_, properties, text, expected) => {
  expect(states(properties, text)).toBe(expected);
});

test('evaluates an expression over metrics with statistics of their own', () => {
  const { AlarmDescription, ComparisonOperator } = ALARM;
  const metric = (Id: string, Stat: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'N', MetricName: Id }, Period: 120, Stat },
  });
  const alarm = {
    AlarmDescription,
    ComparisonOperator,
    Threshold: 0.5,
    EvaluationPeriods: 1,
    Metrics: [
      { Id: 'share', Expression: 'errors / requests' },
      metric('errors', 'Sum'),
      metric('requests', 'Sum'),
    ],
  };

  expect(
    evaluateAlarm(alarm, ({ MetricName }) => samples(MetricName === 'errors' ? '1313' : '2283')),
  ).toEqual(['ALARM', 'OK']);
});

test.each([
  ['Sum', [6, 9, undefined]],
  ['Average', [2, 9, undefined]],
  ['Minimum', [1, 9, undefined]],
  ['Maximum', [3, 9, undefined]],
  ['p50', [2, 9, undefined]],
  ['p99', [3, 9, undefined]],
])('aggregates by %s, over minutes that have passed in full', (statistic, expected) => {
  expect(aggregate([[1, 3], [2], [9], [], [], [], [7]], 120, statistic)).toEqual(expected);
});

test('fails with a statistic that it does not know, and without one metric to watch', () => {
  expect(() => states({ Statistic: 'Median', EvaluationPeriods: 1 }, '1')).toThrow('Median');
  expect(() =>
    evaluateAlarm(
      {
        ...{ ...ALARM, MetricName: undefined },
        Metrics: [
          { Id: 'a', Expression: '1' },
          { Id: 'b', Expression: '2' },
        ],
      },
      () => [],
    ),
  ).toThrow('an alarm must watch one metric, got: a, b');
});

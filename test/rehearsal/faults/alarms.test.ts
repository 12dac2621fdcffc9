import type { Minute, TemplateResources } from '../../../rehearsal/alarms/minute';
import { evaluateAlarms, type FaultMinute } from '../../../rehearsal/faults/alarms';

const HEALTHY: Minute = {
  requests: 90,
  errors: 0,
  latencies: [0.1],
  healthChecks: [1],
  cpuPercent: 40,
  memoryPercent: 60,
  traces: { Cruddur: 12 },
  lines: {},
};

const NO_TRACES: FaultMinute = {
  description: 'No daemon',
  minute: { ...HEALTHY, traces: { Cruddur: 0 } },
};

const alarm = (properties: object): TemplateResources => ({
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: '',
      Namespace: 'AWS/X-Ray',
      MetricName: 'ApproximateTraceCount',
      Dimensions: [{ Name: 'GroupName', Value: 'Cruddur' }],
      Period: 60,
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
      ...properties,
    },
  },
});

const outcomes = (resources: TemplateResources, faults = [NO_TRACES]) =>
  evaluateAlarms(resources, HEALTHY, faults).map(({ outcome, figure }) => [outcome, figure()]);

test('an alarm is silent in the healthy run, and fires in a fault', () => {
  expect(outcomes(alarm({}))).toEqual([
    ['passed', 'It is silent in the healthy run; faults that fire it: No daemon'],
    ['passed', '1 of 1 faults fire an alarm'],
  ]);
});

test.each([
  ['threshold that a healthy run breaches', { Threshold: 13 }, 'fires in the healthy run'],
  ['number of periods', { EvaluationPeriods: 61 }, 'faults that fire it: none'],
  [
    'comparison the wrong way round',
    { ComparisonOperator: 'GreaterThanThreshold' },
    'fires in the',
  ],
  ['treatment of missing data', { TreatMissingData: 'notBreaching' }, 'faults that fire it: none'],
  ['group', { Dimensions: [{ Name: 'GroupName', Value: 'Crudr' }] }, 'fires in the healthy run'],
])('a wrong %s fails', (_, properties, figure) => {
  expect(outcomes(alarm(properties))[0]).toEqual(['failed', expect.stringContaining(figure)]);
});

test('a fault that lasts and fires no alarm fails, and one that is brief does not', () => {
  const unseen = { description: 'Nothing', minute: HEALTHY };

  expect(outcomes(alarm({}), [NO_TRACES, unseen])[1]).toEqual([
    'failed',
    '1 of 2 faults fire an alarm; the first exception: Nothing',
  ]);
  expect(outcomes(alarm({}), [NO_TRACES, { ...unseen, isBrief: true }])[1]?.[0]).toBe('passed');
});

test.each([
  ['what no run shows', { Namespace: 'AWS/SQS', Dimensions: [] }, 'AWS/SQS ApproximateTraceCount'],
  ['a day', { Period: 86_400 }, 'the load of a day is not known'],
])('an alarm on %s is not evaluated', (_, properties, reason) => {
  expect(outcomes(alarm(properties))[0]).toEqual([
    'not evaluated',
    expect.stringContaining(reason),
  ]);
});

test('without an alarm there is nothing to evaluate', () => {
  expect(outcomes({})).toEqual([['not evaluated', 'Not evaluated: the template has no alarm']]);
});

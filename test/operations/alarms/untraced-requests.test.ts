import { CfnParameter } from 'aws-cdk-lib';
import { requestsThatLeaveATrace } from '../../../lib/operations/alarms/untraced-requests';
import { testStack } from '../../app';

test.each([
  [0.1, 5, 30],
  [0, 1, 30],
  [1, 0, 30],
  [0.9, 0, 30],
  [0.1, 0, 132],
  [0.01, 0, 1375],
  [0, 0, undefined],
])('with a rate of %d and a reservoir of %d: %p requests', (rate, reservoir, requests) => {
  expect(requestsThatLeaveATrace(rate, reservoir)).toBe(requests);
});

test.each([0.01, 0.1, 0.3])(
  'with a rate of %d, chance leaves all of them out once in a million',
  (rate) => {
    const requests = requestsThatLeaveATrace(rate, 0) ?? 0;

    expect((1 - rate) ** requests).toBeLessThanOrEqual(1e-6);
    expect((1 - rate) ** (requests - 1)).toBeGreaterThan(1e-6);
  },
);

test.each([
  [-0.1, 0, '`fixedRate` must be a finite number from 0 to 1, got: -0.1'],
  [0.1, 1.5, '`reservoirSize` must be a whole number, 0 or more, got: 1.5'],
])('fails with %d and %d', (rate, reservoir, message) => {
  expect(() => requestsThatLeaveATrace(rate, reservoir)).toThrow(message);
});

test('fails with a rate that is only known at deployment', () => {
  const rate = new CfnParameter(testStack(), 'Rate', { type: 'Number' }).valueAsNumber;

  expect(() => requestsThatLeaveATrace(rate, 0)).toThrow('`fixedRate` must be known at synth');
});

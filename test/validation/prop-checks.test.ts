import { CfnParameter } from 'aws-cdk-lib';
import {
  requireKnownAtSynth,
  requireLength,
  requireNumber,
} from '../../lib/validation/prop-checks';
import { testStack } from '../app';

test.each([
  [0, { min: 0 }],
  [1e6, { min: 0 }],
  [0.5, { min: 0, max: 1 }],
  [1, { min: 0, max: 1, whole: true }],
])('%d is within %j', (value, limits) => {
  expect(() => {
    requireNumber('prop', value, limits);
  }).not.toThrow();
});

test.each([
  [-1, { min: 0 }, '`prop` must be a finite number, 0 or more, got: -1'],
  [Infinity, { min: 0 }, '`prop` must be a finite number, 0 or more, got: Infinity'],
  [-Infinity, {}, '`prop` must be a finite number, got: -Infinity'],
  [NaN, { min: 0 }, '`prop` must be a finite number, 0 or more, got: NaN'],
  [1.1, { min: 0, max: 1 }, '`prop` must be a finite number from 0 to 1, got: 1.1'],
  [0.5, { min: 0, whole: true }, '`prop` must be a whole number, 0 or more, got: 0.5'],
])('fails with %d for %j', (value, limits, message) => {
  expect(() => {
    requireNumber('prop', value, limits);
  }).toThrow(message);
});

test('fails with an empty string, and with one that is too long', () => {
  const check = (text: string) => () => {
    requireLength('prop', text, 3);
  };

  expect(check('a')).not.toThrow();
  expect(check('abc')).not.toThrow();
  expect(check('')).toThrow('`prop` must have 1 to 3 characters, got: 0');
  expect(check('abcd')).toThrow('`prop` must have 1 to 3 characters, got: 4');
});

test('values known only at deployment pass', () => {
  const stack = testStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;

  expect(() => {
    requireNumber('prop', number, { min: 0, max: 1, whole: true });
    requireLength('prop', text, 1);
  }).not.toThrow();
});

test('fails with a value known only at deployment where it must be known at synth', () => {
  const name = new CfnParameter(testStack(), 'Name').valueAsString;

  expect(() => {
    requireKnownAtSynth('prop', 'known');
  }).not.toThrow();
  expect(() => {
    requireKnownAtSynth('prop', name);
  }).toThrow('`prop` must be known at synth, got: a value known only at deployment');
});

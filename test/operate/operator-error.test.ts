import { ConfigError } from '../../lib/config/config-error';
import { OperatorError, textOf } from '../../operate/operator-error';

const unreachable = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
const expired = Object.assign(new Error('the token has expired'), { $metadata: {} });

test.each<[unknown, string]>([
  [new OperatorError('there is no stack'), 'there is no stack'],
  [new ConfigError('cruddur:cpu must be'), 'cruddur:cpu must be'],
  [expired, 'the token has expired'],
  [unreachable, 'ECONNREFUSED'],
  [
    new Error('Region is missing'),
    'Region is missing; sign in with the AWS CLI, or pass --profile and --region',
  ],
])('of an error that the operator can fix the message is shown: %s', (error, text) => {
  expect(textOf(error)).toBe(text);
});

test('of another error the stack trace is shown', () => {
  expect(textOf(new TypeError('x is not a function'))).toContain('operator-error.test.ts');
});

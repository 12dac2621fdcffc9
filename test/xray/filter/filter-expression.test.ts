import { CfnParameter } from 'aws-cdk-lib';
import { FilterExpression } from '../../../lib/xray/filter/filter-expression';
import { testStack } from '../../app';

const {
  allOf,
  annotation,
  anyOf,
  duration,
  error,
  fault,
  hasAnnotation,
  httpStatus,
  raw,
  responseTime,
  root,
  service,
  throttle,
} = FilterExpression;

test.each([
  [service('backend-flask'), 'service("backend-flask")'],
  [service('backend-flask', fault()), 'service("backend-flask") { fault }'],
  [service('a', allOf(root(), fault())), 'service("a") { root AND fault }'],
  [fault(), 'fault'],
  [error(), 'error'],
  [throttle(), 'throttle'],
  [root(), 'root'],
  [httpStatus('!=', 200), 'http.status != 200'],
  [responseTime('>', 2.5), 'responsetime > 2.5'],
  [responseTime('>', 1e-7), 'responsetime > 0.0000001'],
  [duration('<=', 8), 'duration <= 8'],
  [hasAnnotation('user_id'), 'annotation.user_id'],
  [annotation('plan', '=', 'free trial'), 'annotation.plan = "free trial"'],
  [annotation('cart', '>=', -1), 'annotation.cart >= -1'],
  [annotation('beta', '!=', true), 'annotation.beta != true'],
  [raw('http.url CONTAINS "/api/"'), 'http.url CONTAINS "/api/"'],
])('%s renders as X-Ray reads it', (expression, text) => {
  expect(expression.toString()).toBe(text);
});

test('adds parentheses only where AND and OR meet', () => {
  const slow = duration('>', 2);

  expect(allOf(slow, fault(), error()).toString()).toBe('duration > 2 AND fault AND error');
  expect(allOf(allOf(slow, fault()), error()).toString()).toBe('duration > 2 AND fault AND error');
  expect(allOf(slow, anyOf(fault(), error())).toString()).toBe('duration > 2 AND (fault OR error)');
  expect(anyOf(allOf(slow, fault()), error()).toString()).toBe('(duration > 2 AND fault) OR error');
  expect(allOf(raw('fault OR error'), slow).toString()).toBe('(fault OR error) AND duration > 2');
});

test.each([
  [fault(), '!fault'],
  [service('a', fault()), '!service("a") { fault }'],
  [hasAnnotation('beta'), '!annotation.beta'],
  [annotation('plan', '=', 'free'), 'annotation.plan != "free"'],
  [duration('<', 2), 'duration >= 2'],
  [duration('>', 2), 'duration <= 2'],
  [duration('<=', 2), 'duration > 2'],
  [duration('>=', 2), 'duration < 2'],
  [httpStatus('!=', 200), 'http.status = 200'],
  [allOf(fault(), error()), '!fault OR !error'],
  [anyOf(fault(), allOf(error(), throttle())), '!fault AND (!error OR !throttle)'],
])('the opposite of %s puts the negation at the keywords', (expression, text) => {
  expect(expression.negate().toString()).toBe(text);
  expect(expression.negate().negate().toString()).toBe(expression.toString());
});

test('a negated expression gets parentheses where it is joined to others', () => {
  const neither = anyOf(fault(), error()).negate();

  expect(anyOf(neither, throttle()).toString()).toBe('(!fault AND !error) OR throttle');
  expect(allOf(neither, throttle()).toString()).toBe('!fault AND !error AND throttle');
});

test('a negated expression still counts as one that uses annotations', () => {
  const anonymous = anyOf(hasAnnotation('user'), fault()).negate();

  expect(() => service('a', anonymous)).toThrow('`filter` must not use annotations');
  expect(() => service('a', hasAnnotation('user').negate())).toThrow(
    '`filter` must not use annotations',
  );
});

test('accepts names and numbers known only at deployment', () => {
  const stack = testStack();
  const name = new CfnParameter(stack, 'Name').valueAsString;
  const status = new CfnParameter(stack, 'Status', { type: 'Number' }).valueAsNumber;

  const expression = allOf(service(name), httpStatus('=', status)).toString();

  expect(stack.resolve(expression)).toEqual({
    'Fn::Join': ['', ['service("', { Ref: 'Name' }, '") AND http.status = ', { Ref: 'Status' }]],
  });
  expect(stack.resolve(raw(name).toString())).toEqual({ Ref: 'Name' });
});

test.each([
  [
    () => service(''),
    '`name` must be the exact name of one service, 1 to 200 characters and no wildcard, got: ""',
  ],
  [() => service('x'.repeat(201)), '1 to 200 characters'],
  [() => service('backend-*'), 'no wildcard, got: "backend-*"'],
  [
    () => service('say "hi"'),
    '`name` must not contain ", \\ or control characters, a filter cannot express them, got: "say \\"hi\\""',
  ],
  [() => service('a\\b'), '`name` must not contain'],
  [() => service('a\nb'), '`name` must not contain'],
  [
    () => service('a', hasAnnotation('b')),
    '`filter` must not use annotations, X-Ray has none inside service(), use allOf() instead, got: annotation.b',
  ],
  [
    () => service('a', allOf(fault(), raw('annotation[b] = 1'))),
    '`filter` must not use annotations',
  ],
  [() => httpStatus('=', 99), '`status` must be a whole number from 100 to 599, got: 99'],
  [() => httpStatus('=', 600), 'got: 600'],
  [() => httpStatus('=', 200.5), 'got: 200.5'],
  [() => responseTime('>', -1), '`seconds` must be a finite number, 0 or more, got: -1'],
  [() => duration('>', NaN), '`seconds` must be a finite number, 0 or more, got: NaN'],
  [() => annotation('a', '>', Infinity), '`value` must be a finite number, got: Infinity'],
  [
    () => annotation('beta', '>', true),
    '`operator` must be one of = != for the boolean true, got: >',
  ],
  // not the type's: another language has strings only
  [() => duration('=>' as '>=', 2), '`operator` must be one of = != < <= > >=, got: =>'],
  [() => allOf(), '`expressions` must have at least one expression, got: none'],
  [() => hasAnnotation('user.id'), '`key` must have letters, digits and _ only, got: "user.id"'],
  [() => annotation('a', '=', '"'), '`value` must not contain "'],
  [
    () => raw('fault').negate(),
    '`negate` cannot negate a raw expression, write the negation inside it, got: fault',
  ],
  [() => raw('fault =='), '`expression` must not use =='],
  [() => allOf(error(), raw('fault')).negate(), '`negate` cannot negate a raw expression'],
])('fails with %p', (build, message) => {
  expect(build).toThrow(message);
});

import { CfnParameter } from 'aws-cdk-lib';
import { requireHealthCheckPath } from '../../lib/validation/health-check-path';
import { testStack } from '../app';

test.each(['/', '/api/health-check', '/up.json', `/${'x'.repeat(127)}`])('accepts %s', (path) => {
  expect(() => {
    requireHealthCheckPath(path);
  }).not.toThrow();
});

test('accepts a path known only at deployment', () => {
  const path = new CfnParameter(testStack(), 'Path').valueAsString;

  expect(() => {
    requireHealthCheckPath(path);
  }).not.toThrow();
});

test.each(['', 'up', '/a*', '/a?b', '/livez,/readyz', '/a b', `/${'x'.repeat(128)}`])(
  'fails with the path %j',
  (path) => {
    expect(() => {
      requireHealthCheckPath(path);
    }).toThrow(
      `\`healthCheckPath\` must be one absolute path of at most 128 characters, without *, ? or a comma, got: ${path}`,
    );
  },
);

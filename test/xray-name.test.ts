import { CfnParameter } from 'aws-cdk-lib';
import { requireXRayName, SERVICE_NAME } from '../lib/xray-name';
import { testStack } from './app';

test.each(['C', 'Cruddur-dev', 'x'.repeat(32)])('%s is the name of a group or rule', (name) => {
  expect(() => {
    requireXRayName('groupName', name);
  }).not.toThrow();
});

test('a name known only at deployment passes', () => {
  const name = new CfnParameter(testStack(), 'Name').valueAsString;

  expect(() => {
    requireXRayName('groupName', name);
  }).not.toThrow();
});

test.each(['', 'a b', 'a_b', 'x'.repeat(33), 'Default'])('fails with the name %j', (name) => {
  expect(() => {
    requireXRayName('groupName', name);
  }).toThrow(
    `\`groupName\` must be 1 to 32 letters, digits and dashes, and not Default, got: "${name}"`,
  );
});

test.each(['backend-flask', 'Küche 7', 'a_.:/%&#=+-@b', 'x'.repeat(64)])(
  'X-Ray keeps the service name %s as it is',
  (name) => {
    expect(name).toMatch(SERVICE_NAME);
  },
);

test.each(['', 'x'.repeat(65), '?', ';', '*', '(', ')', '!', '$', '~', '^', '<', '"', '\\', '\n'])(
  'a service must not be named %j',
  (name) => {
    expect(name).not.toMatch(SERVICE_NAME);
  },
);

import { CfnParameter } from 'aws-cdk-lib';
import { requireXRayName } from '../../../lib/xray/names/xray-name';
import { testStack } from '../../app';

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

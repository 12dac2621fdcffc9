import { SSMClient } from '@aws-sdk/client-ssm';
import { readConfig } from '../../../lib/config/config';
import type { DeployedStack } from '../../../operate/key/deployed-stack';
import { destination } from '../../../operate/key/destination';
import { AwsServer } from './aws-server';

const DECLARED = '/cruddur/backend-flask/HONEYCOMB_API_KEY';
const SECURE = `${DECLARED}_SECURE`;
const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const existing = { 'cruddur:honeycombApiKeySource': 'existing' };

const ssm = new SSMClient({});

/** A stack as far as its destination goes. */
function stack(declaresKey: boolean, outputs: Record<string, string>) {
  const stored: string[] = [];
  const storeKey = (key: string) => Promise.resolve(void stored.push(key));
  const deployed = { declaresKey, output: (key: string) => outputs[key], storeKey };
  return { deployed: deployed as unknown as DeployedStack, stored };
}

const declaring = () =>
  stack(true, { HoneycombApiKeyParameterName: DECLARED, HoneycombRegion: 'eu' });

test('a declared key goes into the stack, in the region of the stack', async () => {
  const { deployed, stored } = declaring();

  const { store, ...rest } = destination(readConfig({}), deployed, ssm);
  await store('sentinel');

  expect(rest).toEqual({ parameterName: DECLARED, region: 'eu', isInUse: true });
  expect(stored).toEqual(['sentinel']);
});

test('an existing key of a deployed stack is a SecureString, found without being configured', async () => {
  const server = new AwsServer({ PutParameter: [{ Version: 1 }] });
  const { deployed, stored } = stack(false, {
    HoneycombApiKeyParameterName: '/my/key',
    HoneycombApiKeyEncryptionKeyArn: keyArn,
    HoneycombRegion: 'us',
  });

  const { store, ...rest } = destination(
    readConfig({}),
    deployed,
    new SSMClient(await server.start()),
  );
  await store('sentinel');
  server.stop();

  expect(rest).toEqual({ parameterName: '/my/key', region: 'us', isInUse: true });
  expect(stored).toEqual([]);
  expect(server.asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { Name: '/my/key', Value: 'sentinel', Type: 'SecureString', KeyId: keyArn, Overwrite: true },
  ]);
});

test.each([
  ['before the first deployment', undefined, false],
  ['before the stack moves to it', declaring().deployed, false],
  [
    'of a stack that reads it',
    stack(false, { HoneycombApiKeyParameterName: SECURE, HoneycombRegion: 'us' }).deployed,
    true,
  ],
])('an existing key is stored where it is configured, %s', (_, deployed, isInUse) => {
  const found = destination(readConfig(existing), deployed, ssm);

  expect(found).toMatchObject({ parameterName: SECURE, region: 'us', isInUse });
});

test('fails with the name of the parameter that the stack declares, and would delete', () => {
  const name = '/my/key';
  const { deployed } = stack(true, { HoneycombApiKeyParameterName: name, HoneycombRegion: 'us' });
  const config = readConfig({ ...existing, 'cruddur:honeycombApiKeyParameterName': name });

  expect(() => destination(config, deployed, ssm)).toThrow(
    'cruddur:honeycombApiKeyParameterName must not be the name of the parameter that CruddurTracing declares, which the next deployment deletes, got: /my/key',
  );
});

test('fails without a stack, and with one of another version', () => {
  expect(() => destination(readConfig({ 'cruddur:stage': 'dev' }), undefined, ssm)).toThrow(
    'there is no stack CruddurTracing-dev in this account and Region: run npx cdk deploy first',
  );
  const { deployed } = stack(true, { HoneycombApiKeyParameterName: DECLARED });
  expect(() => destination(readConfig({}), deployed, ssm)).toThrow(
    'CruddurTracing was deployed by another version of this project: run npx cdk deploy first',
  );
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { readConfig } from '../../../lib/config/config';
import { CruddurTracingStack } from '../../../lib/cruddur-tracing-stack';
import { readAssemblies } from '../../../rehearsal/template/assembly';
import { testApp } from '../../app';

test('finds a service in a stage, with the image that it builds and its environment', () => {
  const app = testApp();
  const env = { account: '111122223333', region: 'eu-central-1' };
  const stage = new Stage(app, 'Production', { env });
  new CruddurTracingStack(stage, 'Tracing', { config: readConfig({}, {}) });
  const [assembly, ...others] = readAssemblies(app.synth().directory);

  expect(others).toEqual([]);
  expect(assembly).toMatchObject({ ...env, stackName: 'Production-Tracing' });
  expect(Object.values(assembly?.images ?? {})).toMatchObject([
    { dockerfile: 'backend-flask/Dockerfile', platform: 'linux/amd64' },
  ]);
});

test('accepts values for the parameters that a template has', () => {
  const app = testApp();
  new CruddurTracingStack(app, 'Tracing', { config: readConfig({}, {}) });
  const { directory } = app.synth();
  const [assembly] = readAssemblies(directory, { BootstrapVersion: '21' });

  expect(assembly?.parameters).toEqual({ BootstrapVersion: '21' });
  expect(() => readAssemblies(directory, { Greeting: 'hello' })).toThrow(
    /^--parameters must name one of .*BootstrapVersion.*, got: Greeting$/,
  );
});

test.each([
  ['is missing', undefined, 'has no manifest.json'],
  ['is not JSON', '{', 'cannot be read'],
  ['has no stack', '{"version":"36.0.0"}', 'so there is nothing to rehearse; its stacks: none'],
])('refuses a manifest that %s', (_, manifest, message) => {
  const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  if (manifest !== undefined) {
    writeFileSync(join(directory, 'manifest.json'), manifest);
  }

  expect(() => readAssemblies(directory)).toThrow(message);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../../../operate/key/options';

const file = join(mkdtempSync(join(tmpdir(), 'options-')), 'cdk.json');
writeFileSync(file, JSON.stringify({ context: { 'cruddur:stage': 'test', other: 1 } }));

test('the configuration is that of cdk.json', () => {
  expect(readOptions([], file)).toMatchObject({
    context: { 'cruddur:stage': 'test', other: 1 },
    verify: true,
    restart: true,
    profile: undefined,
  });
});

test('-c and --stage win over cdk.json', () => {
  const { context } = readOptions(
    ['-c', 'cruddur:groupName=a=b', '--stage', 'dev', '--context', 'cruddur:ruleName=R'],
    file,
  );

  expect(context).toEqual({
    'cruddur:stage': 'dev',
    'cruddur:groupName': 'a=b',
    'cruddur:ruleName': 'R',
    other: 1,
  });
});

test('an empty --stage is given on, to be refused, and does not mean the stack without one', () => {
  expect(readOptions(['--stage', ''], file).context).toMatchObject({ 'cruddur:stage': '' });
});

test('the rest is what people expect', () => {
  const args = ['--profile', 'p', '--region', 'eu-west-1', '--no-verify', '--no-restart'];

  expect(readOptions(args, file)).toMatchObject({
    profile: 'p',
    region: 'eu-west-1',
    verify: false,
    restart: false,
  });
});

test('fails with a key on the command line, and does not show it', () => {
  const read = () => readOptions(['--no-verify', 'sentinel'], file);

  expect(read).toThrow(/^the key must not be on the command line/);
  expect(read).not.toThrow('sentinel');
});

test('fails with a context that has no value', () => {
  expect(() => readOptions(['-c', 'cruddur:stage'], file)).toThrow(
    '--context must be KEY=VALUE, got: a text without =',
  );
});

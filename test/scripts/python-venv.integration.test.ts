import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = join(__dirname, '..', '..', 'scripts', 'python-venv.mjs');

/** Returns what decides whether an install is up to date, before and after a file is changed. */
function hashes(args: readonly string[], changed: string): string[] {
  const cwd = mkdtempSync(join(tmpdir(), 'install-'));
  mkdirSync(join(cwd, 'package'));
  const change = (text: string) => {
    writeFileSync(join(cwd, changed), text);
  };
  const script = `
    import { hashOf } from ${JSON.stringify(MODULE)};
    console.log(await hashOf(${JSON.stringify({ args, cwd })}));`;
  const hash = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  change('before');
  const before = hash();
  change('after');
  return [before, hash()];
}

test.each([
  [['-r', 'requirements.txt'], 'requirements.txt'],
  [['-rrequirements.txt'], 'requirements.txt'],
  [['--requirement=requirements.txt'], 'requirements.txt'],
  [['./package'], 'package/module.py'],
  [['-e', './package[gunicorn]'], 'package/module.py'],
])('an install of %j is made again after a change of %s', (args, file) => {
  const [before, after] = hashes(args, file);

  expect(after).not.toBe(before);
});

test.each([
  [['-r', 'requirements.txt'], 'package/module.py'],
  [['flask[async]', '--only-binary=:all:'], 'requirements.txt'],
])('an install of %j is not made again after a change of %s', (args, file) => {
  const [before, after] = hashes(args, file);

  expect(after).toBe(before);
});

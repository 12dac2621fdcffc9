import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesHolding } from '../../../rehearsal/emulator/file-search';
import { Operator } from '../../../rehearsal/emulator/operator';

const SECRET = 'sentinel-of-the-test';

function operator() {
  const directory = mkdtempSync(join(tmpdir(), 'operator-'));
  return new Operator({ directory, variables: {}, secrets: [SECRET], python: 'python3' });
}

test('the shell has an empty home, the path, and what it is given', async () => {
  const person = operator();

  const { ok, text } = await person.run('ls -A "$HOME"; env', { GIVEN: '1' });

  expect(ok).toBe(true);
  const names = text.split('\n').map((line) => line.split('=')[0]);
  expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? ''))).toEqual(
    expect.arrayContaining(['GIVEN', 'HOME', 'PATH']),
  );
  expect(names).not.toContain('JEST_WORKER_ID');
});

test('sees a secret that a command prints, and no secret that it does not', async () => {
  const person = operator();

  await person.run('printf %s "$KEY" | wc -c', { KEY: SECRET });
  expect(person.shown).toEqual([]);
  await person.run('echo "$KEY"', { KEY: SECRET });
  expect(person.shown).toEqual(['echo "$KEY"']);
});

test('sees a secret among the arguments of any process', async () => {
  const person = operator();
  const line = 'sh -c "sleep 1; true" "$KEY"';

  await person.run('sleep 0.3', { KEY: SECRET });
  expect([person.looks > 0, person.exposed.size]).toEqual([true, 0]);
  await person.run(line, { KEY: SECRET });
  expect([...person.exposed]).toEqual([line]);
});

test('answers the question of a terminal, which shows the answer unless the command forbids it', async () => {
  const person = operator();

  const seen = await person.runInTerminal('printf "name? "; read n', 'name?', 'Ada');
  const unseen = await person.runInTerminal(
    'stty -echo; printf "name? "; read n; test "$n" = Ada && echo right; env',
    'name?',
    'Ada',
  );

  expect(seen.text).toContain('Ada');
  expect(unseen.text).toContain('right');
  expect(unseen.text).not.toContain('Ada');
});

test('finds the files that hold a text', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'search-'));
  writeFileSync(join(directory, 'with'), `x${SECRET}\n`);
  writeFileSync(join(directory, 'without'), 'nothing');

  await expect(filesHolding(['other', SECRET], [directory])).resolves.toEqual([
    join(directory, 'with'),
  ]);
  await expect(filesHolding(['other'], [directory])).resolves.toEqual([]);
  await expect(filesHolding(['other'], [join(directory, 'none')])).rejects.toThrow(
    'grep ends with 2',
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REHEARSAL = join(__dirname, '..', '..', 'rehearsal');

/** In the order of the data. A file imports from its own room and from earlier rooms only. */
const ROOMS = [
  '',
  'xray',
  'template',
  'alarms',
  'doubles',
  'service',
  'testbed',
  'traffic',
  'run',
  'results',
  'predicates',
  'static',
  'checks',
  'faults',
  'mutations',
  'report',
  'emulator',
  'cli',
];

const FILES = readdirSync(REHEARSAL, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

/** Paths are relative to `rehearsal/`; packages keep their name. */
const IMPORTS = FILES.flatMap((file) =>
  [...readFileSync(join(REHEARSAL, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
    ([, from = '']) => ({ file, from: from.startsWith('.') ? join(file, '..', from) : from }),
  ),
);

function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : '';
}

test('the rehearsal shares no code with what it checks', () => {
  expect(FILES.length).toBeGreaterThan(20);
  expect(IMPORTS.filter(({ from }) => /^\.\.\/|^aws-cdk-lib|^constructs/.test(from))).toEqual([]);
});

test('no file imports from a later room', () => {
  const own = IMPORTS.filter(({ from }) => FILES.includes(`${from}.ts`));
  const position = (file: string) => ROOMS.indexOf(roomOf(file));

  expect(FILES.filter((file) => position(file) === -1)).toEqual([]);
  expect(own.length).toBeGreaterThan(100);
  expect(own.filter(({ file, from }) => position(from) > position(file))).toEqual([]);
});

test('no files import each other in a circle', () => {
  const remaining = new Set(FILES.map((file) => file.replace('.ts', '')));
  const isFree = (module: string) =>
    !IMPORTS.some(({ file, from }) => file === `${module}.ts` && remaining.has(from));
  for (let free = [...remaining].filter(isFree); free.length > 0;) {
    free.forEach((module) => remaining.delete(module));
    free = [...remaining].filter(isFree);
  }

  expect([...remaining]).toEqual([]);
});

test('every room holds 3 to 9 files', () => {
  const rooms = ROOMS.slice(1).map((room) => ({
    room,
    files: readdirSync(join(REHEARSAL, room)).filter((name) => name.includes('.')).length,
  }));

  expect(rooms.filter(({ files }) => files < 3 || files > 9)).toEqual([]);
});

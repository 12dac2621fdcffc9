import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json';

const RUNBOOK = 'docs/runbook.md';
const text = readFileSync(RUNBOOK, 'utf8');

/** The anchor that GitHub makes of a heading. */
const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

test('every link of the runbook leads somewhere', () => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) =>
    link.startsWith('#')
      ? !anchors.includes(link.slice(1))
      : !existsSync(join(dirname(RUNBOOK), link)),
  );

  expect(links.length).toBeGreaterThan(10);
  expect(broken).toEqual([]);
});

test.each([
  'requests-without-traces',
  'spans-refused',
  'daemon-errors',
  'server-errors',
  'slow-responses',
  'too-few-tasks',
  'high-cpu',
  'high-memory',
  'trace-budget',
  'fault-traces',
  'no-traces',
])('the runbook has the section %s', (section) => {
  expect(anchors).toContain(section);
});

test('every script that the runbook runs exists', () => {
  const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);

  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts.filter(notKey)));
});

/** `npm run key` comes with the key's own change. */
function notKey(script: string | undefined): boolean {
  return script !== 'key';
}

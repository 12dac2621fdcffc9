import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Emulator } from '../../rehearsal/emulator/emulator';
import { runToEnd } from '../../rehearsal/testbed/processes';
import { emulatedStack } from './emulated-stack';
import packageJson from '../../package.json';

const RUNBOOK = 'docs/runbook.md';
const text = readFileSync(RUNBOOK, 'utf8');

/** GitHub's anchor for a heading. */
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

  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
});

test('the commands that need no account run against an emulator of AWS', async () => {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  const runnable = blocks.filter((block) => !/^# needs an account|^npm run/.test(block));
  const emulator = await Emulator.start();
  try {
    await emulatedStack(emulator, 'CruddurTracing');
    const PATH = `${dirname(emulator.python)}:${process.env.PATH ?? ''}`;
    const { AWS_REGION = '' } = emulator.variables;
    // this AWS CLI reads the Region from the other variable only
    const env = { ...emulator.variables, AWS_DEFAULT_REGION: AWS_REGION, PATH };

    const { ok, text: output } = await runToEnd('bash', ['-euc', runnable.join('\n')], env);

    expect(output).toContain('5759e988bd862e3fe1be46a994272793');
    expect(output).toContain('/cruddur/backend-flask/HONEYCOMB_API_KEY\tString\t1');
    expect(output).not.toMatch(/error/i);
    expect(ok).toBe(true);
  } finally {
    await emulator.stop();
  }
}, 300_000);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
// throws if it does not run
import './readme-example';
import { CONFIG_KEYS } from '../lib/config/config-schema';
import { bill } from '../operate/cost/bill';
import { billTable } from '../operate/cost/print';
import { idleTasks, standing } from '../operate/cost/standing';
import { synthesizedTemplate } from '../operate/cost/synthesis';

const read = (...path: string[]) => readFileSync(join(__dirname, '..', ...path), 'utf8');

test('the example of the README compiles, runs, and is the one that is shown', () => {
  expect(read('README.md')).toContain(`\`\`\`ts\n${read('test', 'readme-example.ts')}\`\`\``);
});

test('the configuration table of the README has a row for each key, in order', () => {
  const table = /\| key \(after.*?\n\n/s.exec(read('README.md'))?.[0] ?? '';

  expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key)).toEqual(CONFIG_KEYS);
});

test('the costs of the README are the output of npm run cost', () => {
  const template = synthesizedTemplate([]);
  const table = billTable(bill(standing(template, idleTasks(template)).usages));
  const cells = (text: string) => text.replace(/ +/g, ' ').replace(/-+/g, '-');

  expect(cells(read('README.md'))).toContain(cells(table));
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
// throws if it does not run
import './readme-example';
import { readConfig } from '../lib/config/config';
import { CONFIG_KEYS } from '../lib/config/config-schema';
import { MINIMUM_CDK_VERSION } from '../lib/validation/acknowledge';
import { XRayDaemon } from '../lib/xray/daemon/xray-daemon';
import { bill } from '../operate/cost/bill';
import { billTable } from '../operate/cost/print';
import { idleTasks, standing } from '../operate/cost/standing';
import { synthesizedTemplate } from '../operate/cost/synthesis';

const read = (...path: string[]) => readFileSync(join(__dirname, '..', ...path), 'utf8');

test('the example in the README compiles, runs, and is the one that is shown', () => {
  expect(read('README.md')).toContain(`\`\`\`ts\n${read('test', 'readme-example.ts')}\`\`\``);
  expect(read('README.md')).toContain(`\`\`\`python\n${read('test', 'readme_example.py')}\`\`\``);
});

describe('the configuration table of the README', () => {
  const table = /\| key \(after.*?\n\n/s.exec(read('README.md'))?.[0] ?? '';
  const rows = [...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, key, cell]) => [key, cell]);

  test('has a row for each key, in order', () => {
    expect(rows.map(([key]) => key)).toEqual(CONFIG_KEYS);
  });

  test('has the defaults of the code, and a description where there is none', () => {
    const defaults: Record<string, unknown> = readConfig({});
    const literal = /^(?:`(.*)`|([\d.]+))$/;

    expect(
      rows.map(([key, cell = '']) => {
        const [, code, number] = literal.exec(cell) ?? [];
        return [key, code ?? number];
      }),
    ).toEqual(CONFIG_KEYS.map((key) => [key, defaults[key]?.toString()]));
  });
});

test('the daemon is the same on a laptop, in CI, in the documentation and in the stack', () => {
  const files = [
    ['docker-compose.yml'],
    ['.github', 'workflows', 'ci.yml'],
    ['README.md'],
    ['backend-flask', 'README.md'],
  ];
  const images = files.flatMap(
    (path) => read(...path).match(/[\w./-]*aws-xray-daemon:[\w.-]+/g) ?? [],
  );

  expect(images.length).toBeGreaterThanOrEqual(2);
  expect(new Set(images)).toEqual(new Set([XRayDaemon.DEFAULT_IMAGE]));
});

test('the costs of the README are the output of npm run cost', () => {
  const template = synthesizedTemplate([]);
  const table = billTable(bill(standing(template, idleTasks(template)).usages));
  const cells = (text: string) => text.replace(/ +/g, ' ').replace(/-+/g, '-');

  expect(cells(read('README.md'))).toContain(cells(table));
});

test.each([
  ['two public subnets', 'AWS::EC2::Subnet', 2],
  ['two X-Ray groups', 'AWS::XRay::Group', 2],
  ['two sampling rules', 'AWS::XRay::SamplingRule', 2],
  ['eight alarms', 'AWS::CloudWatch::Alarm', 8],
])('the README lists %s', (statement, type, count) => {
  const { Resources } = synthesizedTemplate([]);

  expect(read('README.md')).toContain(statement);
  expect(Object.values(Resources).filter(({ Type }) => Type === type)).toHaveLength(count);
});

test.each(['README.md', 'scripts/package/names.mjs'])(
  '%s states the oldest aws-cdk-lib that the constructs accept',
  (file) => {
    expect(read(file)).toContain(MINIMUM_CDK_VERSION);
  },
);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REHEARSAL = join(__dirname, '..', '..', 'rehearsal');

test('the rehearsal shares no code with what it checks', () => {
  const files = readdirSync(REHEARSAL, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  const imports = files.flatMap((name) =>
    [...readFileSync(join(REHEARSAL, name), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, from = '']) => from,
    ),
  );

  expect(files.length).toBeGreaterThan(20);
  expect(imports.filter((from) => /\/(lib|bin)\/|^aws-cdk-lib|^constructs/.test(from))).toEqual([]);
});

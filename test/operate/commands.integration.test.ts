import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../../package.json';
import { CHECKS } from '../../operate/doctor/diagnosis';

interface Outcome {
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of package.json without AWS credentials. */
async function run(script: 'cost' | 'doctor' | 'key', ...args: string[]): Promise<Outcome> {
  const [command = '', ...given] = packageJson.scripts[script].split(' ');
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = {
    ...Object.fromEntries(own),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  return promisify(execFile)(command, [...given, ...args], { env }).catch(
    (error: unknown) => error as Outcome,
  );
}

test.concurrent('npm run cost prints the bill, and under a load the quotas too', async () => {
  const { stdout, stderr } = await run(
    'cost',
    ...['-c', 'cruddur:minTasks=2', '--tasks', '200', '--requests-per-second', '20000'],
  );

  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /\| Fargate, 200 x 0.25 vCPU +\| vCPU-hours: 36,500 x 0.04048 +\| 1,477.52/,
  );
  expect(stdout).toMatch(/\| X-Ray, segments a second +\| 4,009 +\| 2,600 +\| 12,956 /);
  expect(stdout).toMatch(/\| 200 +\| 2,180 +\| 2,004.5 +\| 5 /);
  expect(stdout).toMatch(/\| `-c cruddur:samplingFixedRate=0.01` +\| [\d,.]+ /);
  expect(stdout).toContain('Reached first: Honeycomb Free plan');
});

test.concurrent(
  'npm run cost prices any template, and names types without a known price',
  async () => {
    const template = join(mkdtempSync(join(tmpdir(), 'cost-')), 'template.json');
    const Resources = { Key: { Type: 'AWS::KMS::Key' }, Queue: { Type: 'AWS::SQS::Queue' } };
    writeFileSync(template, JSON.stringify({ Resources }));

    const { stdout } = await run('cost', '--template', template);

    expect(stdout).toMatch(/\| KMS key +\| KMS keys: 1 x 1 +\| 1.00 +\| 1.00 /);
    expect(stdout).toContain('No price known, not in the total: AWS::SQS::Queue.');
  },
);

test.concurrent.each([
  [['--tasks', 'many'], '--tasks must be a whole number above 0, got: many\n'],
  [['--tasks', '1.5'], '--tasks must be a whole number above 0, got: 1.5\n'],
  [['--template', 'README.md'], '--template must be a CloudFormation template in JSON'],
  [['-c', 'cruddur:minTasks=0'], 'cruddur:minTasks must be a whole number, 1 or more, got: "0"\n'],
  [['--template', 'no-such-file'], "ENOENT: no such file or directory, open 'no-such-file'\n"],
  [['--task', '3'], "Unknown option '--task'"],
])('npm run cost fails with one message for %j', async (args, message) => {
  const { code, stderr } = await run('cost', ...args);

  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test.concurrent.each([
  [[], 'Region is missing'],
  [['--region', 'eu-west-1'], 'Could not load credentials from any providers'],
])('npm run key with %j says what it lacks, and what to do', async (args, message) => {
  const { code, stderr } = await run('key', ...args);

  expect([code, stderr]).toEqual([
    1,
    `error: ${message}; sign in with the AWS CLI, or pass --profile and --region\n`,
  ]);
});

test.concurrent('without credentials npm run doctor lists its checks', async () => {
  const { code, stdout, stderr } = await run('doctor', '-c', 'cruddur:stage=dev');

  expect([code, stderr]).toEqual([2, '']);
  expect(stdout).toContain('The checks of the stack CruddurTracing-dev, all read-only:');
  expect(stdout).toContain('Does Honeycomb know the key? (ssm:GetParameter, GET https');
});

test.concurrent('as JSON, too', async () => {
  const { stdout } = await run('doctor', '--json', '--region', 'eu-west-1');

  expect(JSON.parse(stdout)).toEqual({
    stackName: 'CruddurTracing',
    planned: CHECKS.map(({ id, question, asks }) => ({ id, question, asks })),
  });
});

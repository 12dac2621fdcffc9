import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import cdkJson from '../cdk.json';

const exec = promisify(execFile);

interface Outcome {
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(command: string, args: string[], env = process.env): Promise<Outcome> {
  return exec(command, args, { cwd: join(__dirname, '..'), env }).catch(
    (error: unknown) => error as Outcome,
  );
}

/** Runs the app as the CLI does: the command of cdk.json, with the context and the output directory in the environment. */
async function run(context: Record<string, unknown>) {
  const outdir = join(mkdtempSync(join(tmpdir(), 'assembly-')), 'cdk.out');
  mkdirSync(outdir);
  writeFileSync(join(outdir, 'validation-report.json'), '{}');
  const [command = '', ...args] = cdkJson.app.split(' ');
  const outcome = await execute(command, args, {
    ...process.env,
    CDK_VALIDATION: 'false',
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...context }),
  });
  return { outdir, ...outcome };
}

test.concurrent(
  'bad configuration gets one message, no stack trace, and nothing to deploy',
  async () => {
    const { code, stdout, stderr, outdir } = await run({ 'cruddur:samplingFixedRate': '10%' });

    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe('cruddur:samplingFixedRate must be a number from 0 to 1, got: "10%"\n');
    expect(readdirSync(outdir)).toEqual(['validation-report.json']);
  },
);

test.concurrent('at a refused synth the CLI adds one line of its own', async () => {
  const cdk = join(__dirname, '..', 'node_modules', '.bin', 'cdk');
  const output = mkdtempSync(join(tmpdir(), 'assembly-'));
  const args = ['synth', '--output', output, '-c', 'stage=dev'];
  const { code, stdout, stderr } = await execute(cdk, args);

  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toBe(
    `cruddur:stage must be written with this prefix, got: stage\n${cdkJson.app}: Subprocess exited with error 1\n`,
  );
});

test.concurrent(
  'with validation turned off, no old report is left for the CLI to print',
  async () => {
    const { code, stderr, outdir } = await run({ 'cruddur:stage': 'dev' });

    expect(stderr).toBe('');
    expect(code).toBeUndefined();
    expect(existsSync(join(outdir, 'CruddurTracing-dev.template.json'))).toBe(true);
    expect(existsSync(join(outdir, 'validation-report.json'))).toBe(false);
  },
);

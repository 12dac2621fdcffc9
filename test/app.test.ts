import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import cdkJson from '../cdk.json';

const exec = promisify(execFile);

/** Runs the app as the CLI does: the command of cdk.json, with the context and the output directory in the environment. */
async function run(context: Record<string, unknown>) {
  const outdir = join(mkdtempSync(join(tmpdir(), 'assembly-')), 'cdk.out');
  mkdirSync(outdir);
  writeFileSync(join(outdir, 'validation-report.json'), '{}');
  const [command = '', ...args] = cdkJson.app.split(' ');
  const env = {
    ...process.env,
    CDK_VALIDATION: 'false',
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...context }),
  };
  const options = { cwd: join(__dirname, '..'), env };
  const result = await exec(command, args, options).catch((error: unknown) => error);
  return { outdir, ...(result as { code?: number; stdout: string; stderr: string }) };
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

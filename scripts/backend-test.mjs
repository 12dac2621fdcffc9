// Checks and tests backend-flask in its own virtual environment, which it makes first.
// The last line counts the tests: `pytest: N passed, N failed`, and `, N skipped` if any were.
//
//   node scripts/backend-test.mjs [pytest arguments]
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureBackendVenv } from './backend-venv.mjs';

const BACKEND = join(dirname(fileURLToPath(import.meta.url)), '..', 'backend-flask');

/** Most of a test's time is waiting for sockets, so there are more processes than cores. */
const PYTEST_PROCESSES = 3;

const CHECKS = [
  ['ruff', 'check', '--quiet', '.'],
  ['ruff', 'format', '--check', '--quiet', '.'],
  ['mypy', '--no-error-summary'],
];

/** Runs every check and all tests; true if all passed. */
export async function testBackend(pytestArguments = []) {
  const python = await ensureBackendVenv();
  let passed = true;
  for (const check of CHECKS) {
    if ((await run(python, ['-m', ...check])) !== 0) {
      console.error(`backend-flask: ${check.join(' ')} failed`);
      passed = false;
    }
  }
  return (await runPytest(python, pytestArguments)) && passed;
}

async function runPytest(python, pytestArguments) {
  const directory = await mkdtemp(join(tmpdir(), 'backend-test-'));
  const report = join(directory, 'report.xml');
  try {
    const pytest = ['-m', 'pytest', '--quiet', `--numprocesses=${PYTEST_PROCESSES}`];
    const code = await run(python, [...pytest, `--junitxml=${report}`, ...pytestArguments]);
    const { passed, failed, skipped } = await countsOf(report);
    console.log(
      `pytest: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
    );
    return code === 0 && passed > 0;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function countsOf(report) {
  const text = await readFile(report, 'utf8').catch(() => '');
  const suite = /<testsuite [^>]*>/.exec(text)?.[0] ?? '';
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('errors') + count('failures');
  const skipped = count('skipped');
  return { passed: count('tests') - failed - skipped, failed, skipped };
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: BACKEND, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (!(await testBackend(process.argv.slice(2)))) process.exitCode = 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

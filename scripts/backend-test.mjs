// Checks and tests flask-tracing and backend-flask in one virtual environment, which it makes first.
// The last line counts the tests of both: `pytest: N passed, N failed`, and `, N skipped` if any were.
//
//   node scripts/backend-test.mjs [pytest arguments]
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureBackendVenv } from './backend-venv.mjs';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = ['flask-tracing', 'backend-flask'];

/** Most of a test's time is waiting for sockets, so there are more processes than cores. */
const PYTEST_PROCESSES = 3;

const CHECKS = [
  ['ruff', 'check', '--quiet', '.'],
  ['ruff', 'format', '--check', '--quiet', '.'],
  ['mypy', '--no-error-summary'],
];

/** Runs every check and all tests, of both folders; true if all passed. The arguments must suit both. */
export async function testBackend(pytestArguments = []) {
  const python = await ensureBackendVenv();
  let passed = true;
  for (const folder of FOLDERS) {
    for (const check of CHECKS) {
      if ((await run(python, ['-m', ...check], folder)) !== 0) {
        console.error(`${folder}: ${check.join(' ')} failed`);
        passed = false;
      }
    }
  }
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const folder of FOLDERS) {
    const { code, ...counts } = await runPytest(python, folder, pytestArguments);
    passed &&= code === 0 && counts.passed > 0;
    for (const name of Object.keys(totals)) totals[name] += counts[name];
  }
  const { skipped } = totals;
  console.log(
    `pytest: ${totals.passed} passed, ${totals.failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
  );
  return passed;
}

async function runPytest(python, folder, pytestArguments) {
  const directory = await mkdtemp(join(tmpdir(), 'backend-test-'));
  const report = join(directory, 'report.xml');
  try {
    const pytest = ['-m', 'pytest', '--quiet', `--numprocesses=${PYTEST_PROCESSES}`];
    const code = await run(python, [...pytest, `--junitxml=${report}`, ...pytestArguments], folder);
    return { code, ...(await countsOf(report)) };
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

function run(command, args, folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: join(TOP, folder), stdio: 'inherit' });
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

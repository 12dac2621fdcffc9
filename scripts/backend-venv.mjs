// Makes backend-flask/.venv from the hashed lock, with flask-tracing in it as it lies here, once, and prints the path of its Python.
//
//   node scripts/backend-venv.mjs
//   import { ensureBackendVenv } from './backend-venv.mjs'
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const TOP = join(dirname(fileURLToPath(import.meta.url)), '..');
const BACKEND = join(TOP, 'backend-flask');
const FLASK_TRACING = join(TOP, 'flask-tracing');
const VENV = join(BACKEND, '.venv');
const PYTHON_IN_VENV = join(VENV, 'bin', 'python');
const STAMP = join(VENV, '.installed');
const BUILD_LOCK = join(BACKEND, '.venv.lock');

/** The development lock holds everything the runtime lock holds, at the same versions. */
const INPUTS = [
  join(BACKEND, 'requirements.txt'),
  join(BACKEND, 'requirements-dev.txt'),
  join(FLASK_TRACING, 'pyproject.toml'),
];
const OLDEST = [3, 11];
const NEWEST = [3, 13];

/** A process that builds touches its lock this often; one that has not for `STALE_MS` was killed. */
const TOUCH_MS = 2_000;
const STALE_MS = 15_000;

/**
 * Returns the path of the Python in a virtual environment that holds exactly what the locks say.
 * Costs a few milliseconds when nothing changed. Two processes may call it at once: one builds, the other waits.
 * Throws an `Error` with a one-line message when it cannot.
 */
export async function ensureBackendVenv() {
  const locks = await digestOfLocks();
  if (await isInstalled(locks)) return PYTHON_IN_VENV;

  const release = await acquireBuildLock();
  try {
    if (!(await isInstalled(locks))) await build(locks);
  } finally {
    await release();
  }
  return PYTHON_IN_VENV;
}

async function digestOfLocks() {
  const hash = createHash('sha256');
  for (const path of INPUTS) hash.update(await readFile(path));
  return hash.digest('hex');
}

/** The stamp names the locks and the Python asked for, and is written last: a build cut short has none. */
async function isInstalled(locks) {
  try {
    await stat(PYTHON_IN_VENV);
    return (await readFile(STAMP, 'utf8')) === stampOf(locks);
  } catch {
    return false;
  }
}

function stampOf(locks) {
  return `${locks} PYTHON=${process.env.PYTHON ?? ''}\n`;
}

async function build(locks) {
  const python = await findPython();
  await rm(VENV, { recursive: true, force: true });
  await execute(
    python,
    ['-m', 'venv', VENV],
    'python could not make a virtual environment (on Debian: install python3-venv)',
  );
  await pip(['--require-hashes', '-r', join(BACKEND, 'requirements-dev.txt')], BACKEND);
  await pip(
    ['--no-deps', '--no-index', '--no-build-isolation', '--editable', FLASK_TRACING],
    FLASK_TRACING,
  );
  const unfinished = `${STAMP}.${randomUUID()}`;
  await writeFile(unfinished, stampOf(locks));
  await rename(unfinished, STAMP);
}

async function pip(args, folder) {
  await execute(
    PYTHON_IN_VENV,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args],
    `pip could not install what ${folder} needs`,
  );
}

async function findPython() {
  const asked = process.env.PYTHON;
  const candidates = asked ? [asked] : ['python3.13', 'python3.12', 'python3.11', 'python3'];
  for (const candidate of candidates) {
    const version = await versionOf(candidate);
    if (version && compare(version, OLDEST) >= 0 && compare(version, NEWEST) <= 0) return candidate;
    if (asked) {
      throw new Error(
        `\`PYTHON\` must name a Python 3.11 to 3.13, got: ${asked} (${version ? version.join('.') : 'does not run'})`,
      );
    }
  }
  throw new Error(
    'the backend needs Python 3.11, 3.12 or 3.13, and none is on the PATH: install one, or set `PYTHON` to its path',
  );
}

async function versionOf(python) {
  try {
    const { stdout } = await run(python, ['-c', 'import sys; print(*sys.version_info[:2])']);
    return stdout.trim().split(' ').map(Number);
  } catch {
    return undefined;
  }
}

function compare([major, minor], [otherMajor, otherMinor]) {
  return major - otherMajor || minor - otherMinor;
}

async function execute(command, args, failure) {
  try {
    await run(command, args, { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const lines = String(error.stderr || error.message)
      .trim()
      .split('\n');
    throw new Error(
      `${failure}: ${lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)}`,
      { cause: error },
    );
  }
}

async function acquireBuildLock() {
  await mkdir(BACKEND, { recursive: true });
  for (;;) {
    try {
      const handle = await open(BUILD_LOCK, 'wx');
      await handle.close();
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (await isStale()) await rm(BUILD_LOCK, { force: true });
      else await sleep(200);
    }
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(BUILD_LOCK, now, now).catch(() => {});
  }, TOUCH_MS);
  return async () => {
    clearInterval(touching);
    await rm(BUILD_LOCK, { force: true });
  };
}

async function isStale() {
  try {
    return Date.now() - (await stat(BUILD_LOCK)).mtimeMs > STALE_MS;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await ensureBackendVenv());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

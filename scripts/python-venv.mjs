// Creates a Python virtual environment from hashed lock files, once, and prints the path of its Python.
//
//   node scripts/python-venv.mjs DIRECTORY LOCK...
//   import { ensureVenv } from './python-venv.mjs'
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const OLDEST = [3, 11];
const NEWEST = [3, 13];

/** A process that builds touches the build lock this often; if it has not for `STALE_MS`, it was killed. */
const TOUCH_MS = 2_000;
const STALE_MS = 15_000;

/**
 * Returns the path of the Python in a virtual environment that holds exactly what the lock files list.
 * Takes a few milliseconds if nothing changed. If two processes call it at once, one builds and the other waits.
 *
 * @param {{ directory: string, locks: string[], project?: string }} venv where to create it, what to install, with hashes, and
 *   the folder of a package of this repository, whose dependencies the locks hold: it is installed as it is, editable
 * @throws an `Error` with a one-line message if the environment cannot be created
 */
export async function ensureVenv({ directory, locks, project }) {
  const python = join(directory, 'bin', 'python');
  const stamp = { file: join(directory, '.installed'), text: await stampOf(locks, project) };
  if (await isInstalled(python, stamp)) return python;

  const release = await acquireBuildLock(`${directory}.lock`);
  try {
    if (!(await isInstalled(python, stamp)))
      await build({ directory, locks, project }, python, stamp);
  } finally {
    await release();
  }
  return python;
}

async function stampOf(locks, project) {
  const hash = createHash('sha256');
  const files = project ? [...locks, join(project, 'pyproject.toml')] : locks;
  for (const file of files) hash.update(await readFile(file));
  return `${hash.digest('hex')} PYTHON=${process.env.PYTHON ?? ''}\n`;
}

/** The stamp states the locks and the Python asked for, and is written last: an interrupted build leaves none. */
async function isInstalled(python, stamp) {
  try {
    await stat(python);
    return (await readFile(stamp.file, 'utf8')) === stamp.text;
  } catch {
    return false;
  }
}

async function build({ directory, locks, project }, python, stamp) {
  const basePython = await findPython();
  await rm(directory, { recursive: true, force: true });
  await execute(
    basePython,
    ['-m', 'venv', directory],
    'python could not create a virtual environment (on Debian: install python3-venv)',
  );
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await execute(
    python,
    [...pip, '--require-hashes', ...locks.flatMap((lock) => ['-r', lock])],
    `pip could not install ${locks.map((lock) => relative(process.cwd(), lock)).join(', ')}`,
  );
  if (project) {
    await execute(
      python,
      [...pip, '--no-deps', '--no-index', '--no-build-isolation', '--editable', project],
      `pip could not install ${relative(process.cwd(), project)}`,
    );
  }
  const unfinished = `${stamp.file}.${randomUUID()}`;
  await writeFile(unfinished, stamp.text);
  await rename(unfinished, stamp.file);
}

export async function findPython() {
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
    'Python 3.11, 3.12, or 3.13 is needed, and none is on the PATH: install one, or set `PYTHON` to its path',
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

async function acquireBuildLock(file) {
  await mkdir(dirname(file), { recursive: true });
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.close();
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (await isStale(file)) await rm(file, { force: true });
      else await sleep(200);
    }
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, TOUCH_MS);
  return async () => {
    clearInterval(touching);
    await rm(file, { force: true });
  };
}

async function isStale(file) {
  try {
    return Date.now() - (await stat(file)).mtimeMs > STALE_MS;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const [directory, ...locks] = process.argv.slice(2);
    if (locks.length === 0)
      throw new Error('usage: node scripts/python-venv.mjs DIRECTORY LOCK...');
    console.log(await ensureVenv({ directory, locks }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

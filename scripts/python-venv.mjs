// Creates a Python virtual environment from hashed lock files, once, and prints the path of its Python.
//
//   node scripts/python-venv.mjs DIRECTORY LOCK...
//   node scripts/python-venv.mjs DIRECTORY --installs JSON
//   import { ensureVenv, lockInstall } from './python-venv.mjs'
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
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
 * Returns the path of the Python in a virtual environment that holds exactly what some calls of `pip install` leave. Takes a few
 * milliseconds if nothing changed, and repeats only the calls from the first that changed: as with layers of an image, put what
 * changes often last. If two processes call it at once, one builds and the other waits.
 *
 * @param {string} directory where to create it
 * @param {{ args: string[], cwd?: string, inputs?: string[] }[]} installs the arguments of each call, where to make it, and the files
 *   and folders that it depends on: by default the arguments that name one
 * @throws an `Error` with a one-line message if the environment cannot be created
 */
export async function ensureVenv(directory, installs) {
  const python = join(directory, 'bin', 'python');
  const stamp = join(directory, '.installed');
  const wanted = [
    `PYTHON=${process.env.PYTHON ?? ''}`,
    ...(await Promise.all(installs.map(hashOf))),
  ];
  const isReady = async () => (await inPlace(python, stamp, wanted)) === wanted.length;
  if (await isReady()) return python;

  const release = await acquireBuildLock(`${directory}.lock`);
  try {
    if (!(await isReady())) await build(directory, installs, { python, stamp, wanted });
  } finally {
    await release();
  }
  return python;
}

/** The install of a lock file, with hashes. */
export function lockInstall(lock) {
  return { args: ['--require-hashes', '-r', lock] };
}

/** What belongs to an argument and not to the path in it: `--requirement=FILE`, `-rFILE`, `./package[extra]`. */
const AROUND_PATH = /^(--[\w-]+=|-[cer])(?=.)|\[[^\]]*\]$/g;

/** Changes with the arguments of an install, and with the files that they name. */
export async function hashOf({ args, cwd = '.', inputs = args }) {
  const hash = createHash('sha256').update(JSON.stringify(args));
  for (const path of inputs.map((input) => resolve(cwd, input.replace(AROUND_PATH, '')))) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) hash.update(await readFile(path));
    if (found?.isDirectory()) {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).sort())
        hash.update(relative(path, file)).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

/** Returns how many of the expected lines the stamp has. Each install adds one, so an interrupted build continues from there. */
async function inPlace(python, stamp, wanted) {
  try {
    await stat(python);
    const lines = (await readFile(stamp, 'utf8')).split('\n');
    const changed = lines.findIndex((line, index) => line !== wanted[index]);
    return changed === -1 ? lines.length : lines.length > wanted.length ? 0 : changed;
  } catch {
    return 0;
  }
}

async function build(directory, installs, { python, stamp, wanted }) {
  let done = await inPlace(python, stamp, wanted);
  const again = done > 1 ? ['--force-reinstall'] : [];
  if (done <= 1) {
    const basePython = await findPython();
    await rm(directory, { recursive: true, force: true });
    await execute(
      basePython,
      ['-m', 'venv', directory],
      'python could not create a virtual environment (on Debian: install python3-venv)',
    );
    done = 1;
  }
  for (; done < wanted.length; done += 1) {
    const { args, cwd } = installs[done - 1];
    await execute(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...again, ...args],
      `pip could not install ${args
        .filter((arg) => !arg.startsWith('-'))
        .map((arg) => relative(process.cwd(), resolve(cwd ?? '.', arg)))
        .join(', ')}`,
      cwd,
    );
    const unfinished = `${stamp}.${randomUUID()}`;
    await writeFile(unfinished, wanted.slice(0, done + 1).join('\n'));
    await rename(unfinished, stamp);
  }
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

async function execute(command, args, failure, cwd) {
  try {
    await run(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
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
      throw new Error('usage: node scripts/python-venv.mjs DIRECTORY (LOCK... | --installs JSON)');
    const [first, json] = locks;
    const installs = first === '--installs' ? JSON.parse(json) : locks.map(lockInstall);
    console.log(await ensureVenv(directory, installs));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

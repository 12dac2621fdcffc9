import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal } from '../refusal';
import { copyFiles } from '../service/image-files';
import type { ImageBuild } from '../template/assembly';
import { runToEnd } from './processes';

const SCRIPT = join(__dirname, '..', '..', 'scripts', 'python-venv.mjs');
/** Holds one environment for each list of requirements. */
const CACHE = join(__dirname, '..', '..', 'node_modules', '.cache');

/**
 * Returns the Python of a virtual environment, with what the lock files list. A script creates it, unless it is up to date, and
 * prints the path.
 */
export async function pythonFrom(directory: string, ...locks: readonly string[]): Promise<string> {
  const { ok, text } = await runToEnd(process.execPath, [SCRIPT, directory, ...locks]);
  if (!ok) {
    throw new Refusal(text);
  }
  return text.trim();
}

/**
 * Returns the Python of an image's own virtual environment: its Dockerfile's calls of pip, in its own build context.
 *
 * @param directory where the build context is copied to, in stages
 */
export async function pythonOf(image: ImageBuild, directory: string): Promise<string> {
  const { installs } = copyFiles(image, directory);
  const [first] = installs;
  if (!first) {
    throw new Refusal(
      `${image.dockerfile} installs nothing with pip; the rehearsal runs Python services only, whose Dockerfile has a RUN pip install`,
    );
  }
  const hash = createHash('sha256').update(JSON.stringify(first.args));
  const files = first.args.map((word) => resolve(first.cwd, word));
  for (const file of files.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())) {
    hash.update(readFileSync(file));
  }
  const venv = join(CACHE, `rehearsal-${hash.digest('hex').slice(0, 12)}`);
  return pythonFrom(venv, '--installs', JSON.stringify(installs));
}

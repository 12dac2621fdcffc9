// Creates backend-flask/.venv from its hashed lock file, with flask-tracing in it, once, and prints the path of its Python.
//
//   node scripts/backend-venv.mjs
//   import { ensureBackendVenv } from './backend-venv.mjs'
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv, lockInstall } from './python-venv.mjs';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '..');

export function ensureBackendVenv() {
  const tracing = join(TOP, 'flask-tracing');
  const options = ['--no-deps', '--no-index', '--no-build-isolation', '--editable'];
  return ensureVenv(join(TOP, 'backend-flask', '.venv'), [
    // the development lock holds everything that the runtime lock holds, at the same versions
    lockInstall(join(TOP, 'backend-flask', 'requirements-dev.txt')),
    { args: [...options, tracing], inputs: [join(tracing, 'pyproject.toml')] },
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await ensureBackendVenv());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

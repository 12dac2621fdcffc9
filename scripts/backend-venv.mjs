// Creates backend-flask/.venv from its hashed lock file, once, and prints the path of its Python.
//
//   node scripts/backend-venv.mjs
//   import { ensureBackendVenv } from './backend-venv.mjs'
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv } from './python-venv.mjs';

const BACKEND = join(dirname(fileURLToPath(import.meta.url)), '..', 'backend-flask');

export function ensureBackendVenv() {
  return ensureVenv({
    directory: join(BACKEND, '.venv'),
    // the development lock holds everything that the runtime lock holds, at the same versions
    locks: [join(BACKEND, 'requirements-dev.txt')],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await ensureBackendVenv());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

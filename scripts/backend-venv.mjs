// Creates backend-flask/.venv from its hashed lock file, with flask-tracing in it, once, and prints the path of its Python.
//
//   node scripts/backend-venv.mjs
//   import { ensureBackendVenv } from './backend-venv.mjs'
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv } from './python-venv.mjs';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '..');

export function ensureBackendVenv() {
  return ensureVenv({
    directory: join(TOP, 'backend-flask', '.venv'),
    // the development lock holds everything that the runtime lock holds, at the same versions
    locks: [join(TOP, 'backend-flask', 'requirements-dev.txt')],
    project: join(TOP, 'flask-tracing'),
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

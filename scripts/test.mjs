// Runs jest's unit tests, its integration tests, which start other programs, and the application's tests, and ends with the
// counts of each.
//
//   node scripts/test.mjs
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const JEST = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const BACKEND_TESTS = fileURLToPath(new URL('backend-test.mjs', import.meta.url));
const RESULTS = fileURLToPath(new URL('../coverage/jest.json', import.meta.url));
const INTEGRATION = [
  ...['--testRegex', '\\.integration\\.test\\.ts$'],
  ...['--testPathIgnorePatterns', '/node_modules/'],
];

const node = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;

const statuses = [
  jest('jest', '--coverage'),
  jest('jest-integration', ...INTEGRATION),
  node(BACKEND_TESTS),
];
process.exitCode = Math.max(...statuses);

function jest(name, ...args) {
  // the workers keep every core busy, so parallel garbage collection would only slow them down
  const options = ['--single-threaded-gc', JEST, '--json', `--outputFile=${RESULTS}`];
  const status = node(...options, ...args);
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(RESULTS, 'utf8'));
  console.log(`${name}: ${numPassedTests} passed, ${numFailedTests} failed`);
  return status;
}

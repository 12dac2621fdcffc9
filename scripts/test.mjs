// Runs jest and then the application's tests, and ends with the counts of both.
//
//   node scripts/test.mjs
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const JEST = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const BACKEND_TESTS = fileURLToPath(new URL('backend-test.mjs', import.meta.url));
const RESULTS = fileURLToPath(new URL('../coverage/jest.json', import.meta.url));

const node = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;

// the workers keep every core busy, so parallel garbage collection would only take time from them
const jest = node('--single-threaded-gc', JEST, '--coverage', '--json', `--outputFile=${RESULTS}`);
const backend = node(BACKEND_TESTS);

const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(RESULTS, 'utf8'));
console.log(`jest: ${numPassedTests} passed, ${numFailedTests} failed`);
process.exitCode = jest || backend;

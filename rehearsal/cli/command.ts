import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../refusal';
import { type Result, totals } from '../results/result';
import { exitOnSignals, removeOnExit } from '../testbed/processes';

export type Progress = (text: string) => void;

/**
 * Runs a command with a directory of its own that is removed afterwards, timed progress messages,
 * a one-line message for an error that the user can fix, and an exit code.
 *
 * @param main resolves to whether everything passed
 */
export async function command(
  main: (directory: string, progress: Progress) => Promise<boolean>,
): Promise<void> {
  const started = Date.now();
  const directory = mkdtempSync(join(tmpdir(), 'rehearse-'));
  removeOnExit(directory);
  exitOnSignals();
  try {
    const passed = await main(directory, (text) => {
      console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
    });
    process.exitCode = passed ? 0 : 1;
  } catch (error) {
    console.error(isForUser(error) ? `error: ${error.message}` : error);
    // whatever still runs ends with this process
    process.exit(2);
  }
}

/** Prints the last line of a command, which CI adds up. @returns whether nothing failed */
export function printTotals(name: string, results: readonly Pick<Result, 'outcome'>[]): boolean {
  console.log(`${name}: ${totals(results)}`);
  return results.every(({ outcome }) => outcome !== 'failed');
}

/** Whether the message tells the user everything; a stack trace would not help. */
function isForUser(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof Refusal || code.startsWith('ERR_PARSE_ARGS');
}

/** Returns a random key in the form of Honeycomb's. */
export function newKey(): string {
  return `hcaik_${randomBytes(29).toString('hex')}`;
}

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcessesOnExit, runToEnd } from '../testbed/processes';
import { Refusal } from '../template/refusal';

export type Progress = (text: string) => void;

/**
 * Frames a command: a directory of its own that is removed, progress with the time, one message
 * for what a person must put right, and an exit code.
 *
 * @param main resolves to whether all is well
 */
export async function command(
  main: (directory: string, progress: Progress) => Promise<boolean>,
): Promise<void> {
  const started = Date.now();
  const directory = mkdtempSync(join(tmpdir(), 'rehearse-'));
  process.on('exit', () => {
    rmSync(directory, { recursive: true, force: true });
  });
  endProcessesOnExit();
  try {
    const well = await main(directory, (text) => {
      console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
    });
    process.exitCode = well ? 0 : 1;
  } catch (error) {
    console.error(isForPeople(error) ? `error: ${error.message}` : error);
    // ends what may still run; the handlers of `exit` clean up
    process.exit(2);
  }
}

/** The last line of a command, in the form that CI adds up. */
export function printTotals(name: string, kept: readonly boolean[]): void {
  const passed = kept.filter(Boolean).length;
  console.log(`${name}: ${passed} passed, ${kept.length - passed} failed`);
}

/** Whether the message says all that a person needs, without a stack trace. */
function isForPeople(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof Refusal || code.startsWith('ERR_PARSE_ARGS');
}

/** A key in the form that Honeycomb's have. */
export function newKey(): string {
  return `hcaik_${randomBytes(29).toString('hex')}`;
}

/** The Python of the application's virtual environment, which is made if need be. */
export async function applicationPython(): Promise<string> {
  const script = join(__dirname, '..', '..', 'scripts', 'backend-venv.mjs');
  const { ok, text } = await runToEnd(process.execPath, [script]);
  if (!ok) {
    throw new Refusal(text);
  }
  return text.trim();
}

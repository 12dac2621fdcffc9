import { join } from 'node:path';
import { Refusal } from '../refusal';
import { runToEnd } from './processes';

const SCRIPTS = join(__dirname, '..', '..', 'scripts');

/**
 * Returns the Python of a virtual environment. A script creates the environment, unless it is up
 * to date, and prints the path.
 */
export async function pythonFrom(script: string, ...args: readonly string[]): Promise<string> {
  const { ok, text } = await runToEnd(process.execPath, [join(SCRIPTS, script), ...args]);
  if (!ok) {
    throw new Refusal(text);
  }
  return text.trim();
}

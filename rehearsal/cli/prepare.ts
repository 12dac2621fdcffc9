import { join, resolve } from 'node:path';
import { Refusal } from '../refusal';
import { readAssembly } from '../template/assembly';
import { readPlan } from '../template/plan';
import { findDaemon } from '../testbed/daemon';
import { runToEnd } from '../testbed/processes';
import { pythonFrom } from '../testbed/python';
import { newKey, type Progress } from './command';

/**
 * Provides everything that a test bed needs except the plan, and the assembly to read the plan from.
 *
 * @param given the assembly's directory, or `undefined` to synthesize this project
 */
export async function prepare(directory: string, given: string | undefined, progress: Progress) {
  // random, so that it occurs only where the rehearsal puts it
  const key = newKey();
  const assemblyDirectory = resolve(given ?? join(directory, 'cdk.out'));
  if (given === undefined) {
    progress('synthesizing');
    await synthesize(assemblyDirectory, key);
  }
  const assembly = readAssembly(assemblyDirectory);
  const daemon = await findDaemon(readPlan(assembly, key).daemon.Image, directory);
  progress(`daemon: ${daemon.real ? 'the real one' : 'NOT THE REAL ONE'}, ${daemon.origin}`);
  const python = await pythonFrom('backend-venv.mjs');
  return { assembly, assemblyDirectory, directory, key, daemon, python };
}

/**
 * Synthesizes this project into a directory, with the key in the environment: if any part of the
 * project reads the key there, it shows in the synthesized files.
 */
async function synthesize(directory: string, key: string): Promise<void> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = { ...Object.fromEntries(own), HONEYCOMB_API_KEY: key, HoneycombApiKey: key };
  const args = ['synth', '--quiet', '--output', directory];
  const { ok, text } = await runToEnd('node_modules/.bin/cdk', args, env);
  if (!ok) {
    throw new Refusal(`cdk synth failed:\n${text}`);
  }
}

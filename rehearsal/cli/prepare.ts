import { join, resolve } from 'node:path';
import { type Assembly, readAssembly } from '../template/assembly';
import { readPlan } from '../template/plan';
import { findDaemon } from '../testbed/daemon';
import { pythonFrom } from '../testbed/python';
import type { TestBedProps } from '../testbed/test-bed';
import { newKey, type Progress } from './command';
import { synthesize } from './synthesize';

/** Everything that a test bed needs except the plan, and the assembly to read the plan from. */
export interface Prepared extends Omit<TestBedProps, 'plan'> {
  readonly assembly: Assembly;
  readonly assemblyDirectory: string;
}

/** @param given the assembly's directory, or `undefined` to synthesize this project */
export async function prepare(
  directory: string,
  given: string | undefined,
  progress: Progress,
): Promise<Prepared> {
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

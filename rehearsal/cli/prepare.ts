import { mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeCertificate } from '../doubles/certificate';
import { HONEYCOMB_HOSTS } from '../doubles/honeycomb';
import { Refusal } from '../refusal';
import { readAssemblies } from '../template/assembly';
import type { Plan } from '../template/plan';
import { TemplateValidator } from '../static/validator';
import { findDaemon } from '../testbed/daemon';
import { runToEnd } from '../testbed/processes';
import { readServiceFile } from '../service/service-file';
import { pythonOf } from '../testbed/python';
import { newKey, type Progress } from './command';

/** Options of every command that reads an assembly. */
export const ASSEMBLY_OPTIONS = {
  assembly: { type: 'string' },
  context: { type: 'string', short: 'c', multiple: true, default: [] as string[] },
  parameters: { type: 'string', multiple: true, default: [] as string[] },
} as const;

export interface AssemblyOptions {
  /** The directory of an assembly, or `undefined` to synthesize this project. */
  readonly assembly?: string | undefined;
  /** Context for the synthesis, as `key=value`. */
  readonly context: string[];
  /** Values of the template's parameters, as `NAME=value`. */
  readonly parameters: string[];
}

/** Reads the assembly that the options name, and CloudFormation Validate's opinion of it. */
export async function prepareAssembly(
  directory: string,
  { assembly: given, context, parameters }: AssemblyOptions,
  progress: Progress,
) {
  // random, so that it occurs only where the rehearsal puts it
  const key = newKey();
  if (given !== undefined && context.length > 0) {
    throw new Refusal('-c is for a synthesis; an assembly given with --assembly has its context');
  }
  const assemblyDirectory = resolve(given ?? join(directory, 'cdk.out'));
  progress(given === undefined ? 'synthesizing' : `reading ${given}`);
  const synthesis =
    given === undefined ? synthesize(assemblyDirectory, key, context) : Promise.resolve();
  // in parallel: the validator takes as long to load
  const validator = new TemplateValidator();
  await synthesis;
  return {
    assemblies: readAssemblies(assemblyDirectory, Object.fromEntries(parameters.map(readPair))),
    assemblyDirectory,
    directory,
    key,
    validator,
  };
}

function readPair(text: string): [name: string, value: string] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    // not shown: it may be a secret
    throw new Refusal('each of --parameters must be NAME=VALUE');
  }
  return [name, value];
}

/** Provides everything else that a test bed needs except the plan. */
export async function prepareTestBed(
  directory: string,
  { application, applicationImage, daemon: { Image } }: Plan,
  progress: Progress,
) {
  if (applicationImage === undefined) {
    throw new Refusal(`the assembly does not build the image ${application.Image}`);
  }
  const service = readServiceFile(applicationImage);
  const missing = service.downstream.find(
    (name) => !application.Environment.some(({ Name }) => Name === name),
  );
  if (missing !== undefined) {
    throw new Refusal(
      `${String(service.file)}: \`downstream\` must name variables of ${application.Name}, got: ${missing}`,
    );
  }
  const daemon = await findDaemon(Image, directory);
  progress(`daemon: ${daemon.real ? 'the real one' : 'NOT THE REAL ONE'}, ${daemon.origin}`);
  const certificate = makeCertificate(directory, HONEYCOMB_HOSTS);
  progress('the environment of the image');
  const python = await pythonOf(applicationImage, mkdtempSync(join(directory, 'image-')));
  return { certificate, directory, daemon, python, service };
}

/**
 * Synthesizes this project into a directory, with the key in the environment: if any part of the
 * project reads the key there, it shows in the synthesized files.
 */
async function synthesize(directory: string, key: string, context: string[]): Promise<void> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = {
    ...Object.fromEntries(own),
    HONEYCOMB_API_KEY: key,
    HoneycombApiKey: key,
    // the static checks validate the template
    CDK_VALIDATION: 'false',
  };
  const options = context.flatMap((item) => ['-c', item]);
  const args = ['synth', '--quiet', '--output', directory, ...options];
  const { ok, text } = await runToEnd('node_modules/.bin/cdk', args, env);
  if (!ok) {
    throw new Refusal(`cdk synth failed:\n${text}`);
  }
}

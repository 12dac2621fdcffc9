import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal';
import type { ImageBuild } from '../template/assembly';

/**
 * How an image starts, according to the last stage of its Dockerfile.
 */
export interface ImageStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string | undefined;
  readonly ports: readonly number[];
}

export function readDockerfile({
  context,
  dockerfile,
}: Pick<ImageBuild, 'context' | 'dockerfile'>): ImageStart {
  const file = join(context, dockerfile);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(`${file} is missing, so the start command of the image is unknown`);
  }
  const instructions = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => /^\s*([A-Z]+)\s+(.*)$/i.exec(line))
    .flatMap((match) => (match ? [{ word: match[1]?.toUpperCase(), rest: match[2] ?? '' }] : []));
  const from = instructions.map(({ word }) => word).lastIndexOf('FROM');
  const lastStage = instructions.slice(from + 1);
  const lastOf = (wanted: string) => lastStage.filter(({ word }) => word === wanted).at(-1)?.rest;
  return {
    environment: Object.fromEntries(
      lastStage
        .filter(({ word }) => word === 'ENV')
        .flatMap(({ rest }) => [...rest.matchAll(/(\w+)=("[^"]*"|\S+)/g)])
        .map(([, name = '', value = '']) => [name, value.replace(/^"|"$/g, '')]),
    ),
    entryPoint: execForm(file, 'ENTRYPOINT', lastOf('ENTRYPOINT')),
    command: execForm(file, 'CMD', lastOf('CMD')),
    workingDirectory: lastOf('WORKDIR'),
    ports: (lastOf('EXPOSE') ?? '').split(/\s+/).flatMap((port) => parseInt(port) || []),
  };
}

function execForm(file: string, word: string, rest: string | undefined): string[] {
  if (rest === undefined) {
    return [];
  }
  try {
    return JSON.parse(rest) as string[];
  } catch {
    throw new Refusal(
      `${file}: ${word} must be a JSON array, got: ${rest}; in shell form the shell receives SIGTERM, not the application`,
    );
  }
}

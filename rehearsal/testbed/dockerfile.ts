import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { Refusal } from '../refusal';
import type { ImageBuild } from '../template/assembly';

type Image = Pick<ImageBuild, 'context' | 'dockerfile'>;

/**
 * How an image starts, according to the last stage of its Dockerfile.
 */
export interface ImageStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly ports: readonly number[];
}

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export function readDockerfile(image: Image): ImageStart {
  const { instructions } = readStages(image).at(-1) ?? { instructions: [] };
  const lastOf = (wanted: string) =>
    instructions.filter(({ word }) => word === wanted).at(-1)?.rest;
  const execForm = (word: string): string[] => {
    const rest = lastOf(word) ?? '[]';
    try {
      return JSON.parse(rest) as string[];
    } catch {
      throw new Refusal(
        `${image.dockerfile}: ${word} must be a JSON array, got: ${rest}; in shell form the shell receives SIGTERM, not the application`,
      );
    }
  };
  return {
    environment: Object.fromEntries(
      instructions
        .filter(({ word }) => word === 'ENV')
        .flatMap(({ rest }) => [...rest.matchAll(/(\w+)=("[^"]*"|\S+)/g)])
        .map(([, name = '', value = '']) => [name, value.replace(/^"|"$/g, '')]),
    ),
    entryPoint: execForm('ENTRYPOINT'),
    command: execForm('CMD'),
    workingDirectory: lastOf('WORKDIR') ?? '/',
    ports: (lastOf('EXPOSE') ?? '').split(/\s+/).flatMap((port) => parseInt(port) || []),
  };
}

/**
 * Copies what the COPY instructions of a Dockerfile copy. What its RUN instructions make is not there.
 *
 * @param directory where each stage gets a root directory of its own
 * @returns the root directory of the last stage
 */
export function copyFiles(image: Image, directory: string): string {
  const stages = readStages(image);
  const rootOf = (stage: string) => join(directory, stage);
  for (const { name, base, instructions } of stages) {
    const root = rootOf(name);
    mkdirSync(root, { recursive: true });
    if (stages.some((stage) => stage.name === base)) {
      cpSync(rootOf(base), root, { recursive: true });
    }
    let workingDirectory = '/';
    for (const { word, rest } of instructions) {
      if (word === 'WORKDIR') {
        workingDirectory = posix.resolve(workingDirectory, rest);
      } else if (word === 'COPY') {
        const [, stage] = /--from=(\S+)/.exec(rest) ?? [];
        const paths = rest.split(/\s+/).filter((text) => text !== '' && !text.startsWith('--'));
        const destination = paths.pop() ?? '';
        const target = join(root, posix.resolve(workingDirectory, destination));
        const isDirectory = paths.length > 1 || /(^|\/)\.?$/.test(destination);
        for (const path of paths) {
          const source = join(stage === undefined ? image.context : rootOf(stage), path);
          if (existsSync(source)) {
            const isFile = statSync(source).isFile();
            cpSync(source, isFile && isDirectory ? join(target, basename(path)) : target, {
              recursive: true,
            });
          } else if (stage === undefined) {
            throw new Refusal(`${image.dockerfile} copies ${path}, which the build context lacks`);
          }
        }
      }
    }
    mkdirSync(join(root, workingDirectory), { recursive: true });
  }
  return rootOf(stages.at(-1)?.name ?? '');
}

function readStages({ context, dockerfile }: Image): Stage[] {
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
    .flatMap((match) =>
      match ? [{ word: match[1]?.toUpperCase() ?? '', rest: match[2] ?? '' }] : [],
    );
  const starts = instructions.flatMap(({ word }, index) => (word === 'FROM' ? [index] : []));
  return starts.map((start, number) => {
    const [, base = '', , name = String(number)] =
      /^(?:--\S+\s+)*(\S+)(\s+AS\s+(\S+))?/i.exec(instructions[start]?.rest ?? '') ?? [];
    return { name, base, instructions: instructions.slice(start + 1, starts[number + 1]) };
  });
}

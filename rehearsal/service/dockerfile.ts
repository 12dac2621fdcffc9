import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix, relative } from 'node:path';
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

/** A call of `pip install` in a Dockerfile. */
export interface PipInstall {
  readonly args: readonly string[];
  /** The working directory, in what was copied. */
  readonly cwd: string;
}

export interface CopiedImage {
  /** The root directory of the last stage. */
  readonly root: string;
  /** The installs of all stages. */
  readonly installs: readonly PipInstall[];
}

/** In exec or shell form: `pip install`, `/opt/venv/bin/pip install`, `python -m pip install`. */
const PIP_INSTALL = /^(?:\S*\/)?(?:pip[\d.]*|python[\d.]* -m pip) install (.*)$/;

/**
 * Copies what the COPY instructions of a Dockerfile copy, and finds what pip installs. What other RUN instructions create is missing.
 *
 * @param directory where each stage gets a root directory of its own
 */
export function copyFiles(image: Image, directory: string): CopiedImage {
  const stages = readStages(image);
  const rootOf = (stage: string) => join(directory, stage);
  const installs: PipInstall[] = [];
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
      } else if (word === 'RUN') {
        installs.push(...pipInstalls(rest, root, join(root, workingDirectory)));
      } else if (word === 'COPY' || word === 'ADD') {
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
  return { root: rootOf(stages.at(-1)?.name ?? ''), installs };
}

function pipInstalls(run: string, root: string, cwd: string): PipInstall[] {
  return run
    .replace(/^(--\S+\s+)+/, '')
    .split(/&&|;/)
    .flatMap((command) => PIP_INSTALL.exec(command.trim())?.[1] ?? [])
    .map((text) => ({
      cwd,
      args: text
        .split(/\s+/)
        .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
        // an image is compiled in another step; here it is compiled once for all runs
        .filter((word) => word !== '' && word !== '--no-compile')
        .map((word) => (word.startsWith('/') ? relative(cwd, join(root, word)) : word)),
    }));
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

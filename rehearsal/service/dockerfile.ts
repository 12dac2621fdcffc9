import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { DockerfileParser, type Instruction, PropertyInstruction } from 'dockerfile-ast';
import { Refusal } from '../refusal';
import type { ImageBuild } from '../template/assembly';

export type Image = Pick<ImageBuild, 'context' | 'dockerfile'>;

/**
 * How an image starts, according to its Dockerfile.
 */
export interface ImageStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly ports: readonly number[];
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** What is known of a stage before or after an instruction. */
export interface State {
  readonly start: ImageStart;
  /** Arguments of the build, which the image does not keep. */
  readonly args: Readonly<Record<string, string>>;
}

/** Of an image that a first stage is built on, nothing is known. */
const BASE: State = {
  start: { environment: {}, entryPoint: [], command: [], workingDirectory: '/', ports: [] },
  args: {},
};

export function readDockerfile(image: Image): ImageStart {
  return follow(image, () => undefined);
}

/**
 * Follows the instructions of all stages.
 *
 * @param visit gets each instruction with what holds then; at the beginning of a stage, there is no instruction
 * @returns how the last stage starts
 */
export function follow(
  image: Image,
  visit: (stage: Stage, state: State, instruction?: Instruction) => void,
): ImageStart {
  const ends = new Map<string, State>();
  let last = BASE;
  for (const stage of readStages(image)) {
    last = ends.get(stage.base) ?? BASE;
    visit(stage, last);
    for (const instruction of stage.instructions) {
      last = after(last, instruction);
      visit(stage, last, instruction);
    }
    ends.set(stage.name, last);
  }
  return last.start;
}

function after({ start, args }: State, instruction: Instruction): State {
  const { environment, ports, workingDirectory } = start;
  const text = textOf(instruction);
  const expanded = expand(text, { start, args });
  const and = (change: Partial<ImageStart>) => ({ start: { ...start, ...change }, args });
  const pairs = instruction instanceof PropertyInstruction ? instruction.getProperties() : [];
  const properties = Object.fromEntries(
    pairs.map((item) => [item.getName(), expand(item.getValue() ?? '', { start, args })]),
  );
  switch (instruction.getKeyword()) {
    case 'ARG':
      return { start, args: { ...args, ...properties } };
    case 'ENV':
      return and({ environment: { ...environment, ...properties } });
    case 'WORKDIR':
      return and({ workingDirectory: posix.resolve(workingDirectory, expanded) });
    case 'EXPOSE':
      return and({
        ports: [...ports, ...expanded.split(/\s+/).flatMap((port) => parseInt(port) || [])],
      });
    case 'ENTRYPOINT':
      return and({ entryPoint: wordsOf(text) });
    case 'CMD':
      return and({ command: wordsOf(text) });
    default:
      return { start, args };
  }
}

/** The words of a command, which a shell runs unless it is a JSON array. */
export function wordsOf(text: string): string[] {
  try {
    return JSON.parse(text) as string[];
  } catch {
    return ['/bin/sh', '-c', text];
  }
}

/** Returns the program that a command starts, itself or through a shell or another that only waits for it. */
export function programOf(words: readonly string[]): string | undefined {
  return words
    .flatMap((word) => word.split(/\s+/))
    .find((word) => !/entrypoint|tini|dumb-init|^(\/bin\/)?(ba)?sh$|^-{1,2}\w?$|^exec$/.test(word));
}

/** Replaces the variables that are known, as the build does in all instructions but commands. */
export function expand(text: string, { start, args }: State): string {
  const variables: Readonly<Record<string, string>> = { ...args, ...start.environment };
  return text.replace(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (all, plain: string | undefined, name = plain ?? '', otherwise: string | undefined) =>
      variables[name as string] ?? otherwise ?? all,
  );
}

function readStages({ context, dockerfile }: Image): Stage[] {
  const file = join(context, dockerfile);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(`${file} is missing, so the start command of the image is unknown`);
  }
  const instructions = DockerfileParser.parse(text).getInstructions();
  const starts = instructions.flatMap((item, index) => (item.getKeyword() === 'FROM' ? index : []));
  return starts.map((start, number) => {
    const [, base = '', , name = String(number)] =
      /^(?:--\S+\s+)*(\S+)(\s+AS\s+(\S+))?/i.exec(
        instructions[start]?.getArgumentsContent() ?? '',
      ) ?? [];
    return { name, base, instructions: instructions.slice(start + 1, starts[number + 1]) };
  });
}

/** What follows the keyword and the flags, on one line but for a here-document. */
export function textOf(instruction: Instruction): string {
  return (instruction.getRawArgumentsContent() ?? '').replace(/\s*\\\s*\n(\s*#.*\n)*\s*/g, ' ');
}

import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative } from 'node:path';
import { type Instruction, ModifiableInstruction } from 'dockerfile-ast';
import { Refusal } from '../refusal';
import { matchesWildcard } from '../xray/wildcard';
import { expand, follow, type Image, type State, textOf, wordsOf } from './dockerfile';

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

/** In exec or shell form: `pip install`, `/opt/venv/bin/pip install`, `python -m pip install`, `uv pip install`. */
const PIP_INSTALL = /^(?:uv )?(?:\S*\/)?(?:pip[\d.]*|python[\d.]* -m pip) install (.*)$/s;
/** What pip does not know, and what belongs to another step: here everything is compiled once for all runs. */
const NOT_FOR_PIP = /^(--no-compile|--system|--no-cache|--compile-bytecode)?$/;

/**
 * Copies what the COPY instructions of a Dockerfile copy, and finds what pip installs. What other RUN instructions create is missing.
 *
 * @param directory where each stage gets a root directory of its own
 */
export function copyFiles(image: Image, directory: string): CopiedImage {
  const rootOf = (stage: string) => join(directory, stage);
  const installs: PipInstall[] = [];
  let root = directory;
  follow(image, ({ name, base }, state, instruction) => {
    root = rootOf(name);
    const cwd = join(root, state.start.workingDirectory);
    const keyword = instruction?.getKeyword();
    if (instruction === undefined && existsSync(rootOf(base))) {
      cpSync(rootOf(base), root, { recursive: true });
    }
    mkdirSync(cwd, { recursive: true });
    if (instruction && keyword === 'RUN') {
      installs.push(...pipInstalls(textOf(instruction), root, cwd));
    } else if (instruction && (keyword === 'COPY' || keyword === 'ADD')) {
      const stage = flagOf(instruction, 'from');
      const from = stage === undefined ? image.context : rootOf(stage);
      copy(instruction, state, { from, root }, (path) => {
        if (stage === undefined) {
          throw new Refusal(`${image.dockerfile} copies ${path}, which the build context lacks`);
        }
      });
    }
  });
  return { root, installs };
}

function copy(
  instruction: Instruction,
  state: State,
  { from, root }: { readonly from: string; readonly root: string },
  isMissing: (path: string) => void,
): void {
  const text = textOf(instruction);
  const words = text.startsWith('[') ? wordsOf(text) : text.split(/\s+/);
  const paths = words.map((word) => expand(word, state));
  const destination = paths.pop() ?? '';
  const target = join(root, posix.resolve(state.start.workingDirectory, destination));
  const sources = paths
    // what is downloaded is missing
    .filter((path) => !/^https?:/.test(path))
    .flatMap((path) => matching(from, path));
  const isDirectory = sources.length > 1 || /(^|\/)\.?$/.test(destination);
  for (const path of sources) {
    const source = join(from, path);
    if (existsSync(source)) {
      const isFile = statSync(source).isFile();
      const to = isFile && isDirectory ? join(target, basename(source)) : target;
      cpSync(source, to, { recursive: true });
    } else {
      isMissing(path);
    }
  }
}

/** The paths that a path with wildcards in its last part matches, or the path itself. */
function matching(root: string, path: string): string[] {
  const [directory, pattern] = [dirname(path), basename(path)];
  const isPattern = /[*?]/.test(pattern) && existsSync(join(root, directory));
  const names = isPattern ? readdirSync(join(root, directory)) : [];
  const found = names.filter((name) => matchesWildcard(pattern, name));
  return found.length > 0 ? found.map((name) => join(directory, name)) : [path];
}

function pipInstalls(run: string, root: string, cwd: string): PipInstall[] {
  return run
    .split(/&&|;|\n/)
    .flatMap((command) => PIP_INSTALL.exec(command.trim())?.[1] ?? [])
    .map((text) => ({
      cwd,
      args: text
        .split(/\s+/)
        .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
        .filter((word) => !NOT_FOR_PIP.test(word))
        .map((word) => (word.startsWith('/') ? relative(cwd, join(root, word)) : word)),
    }));
}

function flagOf(instruction: Instruction, name: string): string | undefined {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  return flags.find((flag) => flag.getName() === name)?.getValue() ?? undefined;
}

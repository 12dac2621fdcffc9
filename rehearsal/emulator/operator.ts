import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../testbed/processes';

const POLL_MS = 20;
const PROCESSES = '/proc';

export interface OperatorProps {
  /** Created; it holds the home directory and no more. */
  readonly directory: string;
  /** The environment of the commands, in addition to `PATH` and a home that is empty before the first of them. */
  readonly variables: Readonly<Record<string, string>>;
  /** What no output and no argument list may show. */
  readonly secrets: readonly string[];
  /** A Python with `pty`. */
  readonly python: string;
}

export interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * A person at a shell, in the project, who runs the commands of the README as written. While a command runs, the
 * argument lists of all processes of the machine are searched.
 */
export class Operator {
  public readonly home: string;
  /** Commands whose output showed a secret. */
  public readonly shown: string[] = [];
  /** Commands during which an argument list showed a secret. */
  public readonly exposed = new Set<string>();
  /** How often all argument lists were searched. */
  public looks = 0;

  constructor(private readonly props: OperatorProps) {
    this.home = join(props.directory, 'home');
    mkdirSync(this.home, { recursive: true });
  }

  /** Runs a line in the shell. */
  public run(line: string, variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.watch(line, ['sh', '-c', line], variables);
  }

  /** Runs a line in the shell of a terminal, and answers its question there. */
  public runInTerminal(
    line: string,
    question: string,
    answer: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const terminal = [this.props.python, join(__dirname, 'terminal.py'), question];
    return this.watch(line, [...terminal, 'sh', '-c', line], { ...variables, ANSWER: answer });
  }

  /** Whether argument lists can be seen on this machine. */
  public static get seesProcesses(): boolean {
    return argumentLists().length > 0;
  }

  private async watch(
    line: string,
    [program = '', ...args]: readonly string[],
    variables: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const holdsSecret = (text: string) => this.props.secrets.some((key) => text.includes(key));
    const timer = setInterval(() => {
      this.looks += 1;
      if (argumentLists().some(holdsSecret)) {
        this.exposed.add(line);
      }
    }, POLL_MS);
    const { PATH = '' } = process.env;
    const env = { PATH, HOME: this.home, ...this.props.variables, ...variables };
    const outcome = await runToEnd(program, args, env).finally(() => {
      clearInterval(timer);
    });
    if (holdsSecret(outcome.text)) {
      this.shown.push(line);
    }
    return outcome;
  }
}

function argumentLists(): string[] {
  let entries: string[] = [];
  try {
    entries = readdirSync(PROCESSES);
  } catch {
    // not Linux
  }
  return entries.filter((name) => /^\d+$/.test(name)).map(argumentsOf);
}

function argumentsOf(id: string): string {
  try {
    return readFileSync(join(PROCESSES, id, 'cmdline'), 'utf8');
  } catch {
    // it has ended
    return '';
  }
}

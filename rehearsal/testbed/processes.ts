import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The process groups that are running. */
const running = new Set<RunningProcess>();

/**
 * A process in a group of its own, so that everything it starts ends with it.
 */
export class RunningProcess {
  public readonly log: string[] = [];
  public readonly exited: Promise<Exit>;
  public exit: Exit | undefined;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(public readonly spec: ProcessSpec) {
    this.child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    const streams = [this.child.stdout, this.child.stderr].map((stream) => this.keepLines(stream));
    this.exited = this.wait(streams);
  }

  /** ID of the process group. */
  public get group(): number | undefined {
    return this.child.pid;
  }

  /** Sends the signal to the first process only, as a container runtime does. */
  public signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends SIGTERM, and after the grace period SIGKILL to the whole group, as ECS does. */
  public async stop(graceSeconds: number): Promise<Exit> {
    if (this.exit) {
      return this.exit;
    }
    this.signal('SIGTERM');
    const timer = setTimeout(() => {
      this.killGroup();
    }, graceSeconds * 1000);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  public killGroup(): void {
    this.signalGroup('SIGKILL');
  }

  /** Sends the signal to the first process and all that it started. */
  public signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) {
      return;
    }
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // the group has already ended
    }
  }

  private async wait(streams: readonly Promise<unknown>[]): Promise<Exit> {
    this.exit = await new Promise<Exit>((resolve) => {
      this.child.once('error', (error) => {
        this.log.push(`cannot start ${this.spec.command}: ${error.message}`);
        resolve({ code: 127, signal: null });
      });
      this.child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    // nothing that the first process started may outlive it
    this.killGroup();
    running.delete(this);
    await Promise.all(streams);
    return this.exit;
  }

  private async keepLines(stream: Readable): Promise<void> {
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => this.log.push(line));
    await once(lines, 'close');
  }
}

/** Runs a program to its end. `text` holds both of its streams. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ ok: boolean; text: string }> {
  const given = Object.entries(env).filter(([, value]) => value !== undefined);
  const program = new RunningProcess({
    name: command,
    command,
    args,
    env: Object.fromEntries(given) as Record<string, string>,
    cwd: process.cwd(),
  });
  const { code } = await program.exited;
  return { ok: code === 0, text: program.log.join('\n') };
}

/**
 * Ends every process that was started, however this process ends.
 */
export function endProcessesOnExit(): void {
  process.on('exit', () => {
    running.forEach((item) => {
      item.killGroup();
    });
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      process.stderr.write(`\nended by ${signal}, with every process that was started\n`);
      process.exit(code);
    });
  }
}

import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

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

/** Outlives this process, and then ends the groups and removes the directories that it was told of. In POSIX, for macOS too. */
const WATCHDOG = `while read -r what name; do
  case $what in
    started) groups="$groups $name" ;;
    ended) groups=$(printf '%s\\n' $groups | grep -vx "$name") ;;
    made) directory=$name ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
[ -z "$directory" ] || rm -rf -- "$directory"`;

let watchdog: Writable | undefined;

/** Tells the watchdog. Its input ends with this process, even after a SIGKILL. */
function tell(what: 'started' | 'ended' | 'made', name: string | number): void {
  if (!watchdog) {
    const child = spawn('/bin/sh', ['-c', WATCHDOG], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.unref();
    (child.stdin as Writable & Pick<ChildProcess, 'unref'>).unref();
    watchdog = child.stdin;
  }
  watchdog.write(`${what} ${name}\n`);
}

/** Has a directory removed when this process has ended, however that happens. */
export function removeOnExit(directory: string): void {
  tell('made', directory);
}

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
    if (this.child.pid !== undefined) {
      tell('started', this.child.pid);
    }
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
    if (this.child.pid !== undefined) {
      tell('ended', this.child.pid);
    }
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

/** Exits on a signal, as Node.js would not with a process group waiting. The watchdog does the rest. */
export function exitOnSignals(): void {
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

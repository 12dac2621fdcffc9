import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { RunningProcess } from './processes';

/** Linux reports CPU time to programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;

interface Reading {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

/**
 * Reads the memory, CPU time, and command lines of a process group from /proc.
 */
export class Meter {
  /** Why this machine cannot measure; `undefined` if it can. */
  public static readonly unavailable = existsSync('/proc/self/smaps_rollup')
    ? undefined
    : `this machine has no /proc (${process.platform})`;

  public readonly readings: Reading[] = [];
  public readonly commandLines = new Set<string>();
  private readonly ticks = new Map<number, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly target: RunningProcess,
    everyMs = 250,
  ) {
    this.timer = setInterval(() => {
      this.read();
    }, everyMs);
  }

  public stop(): void {
    clearInterval(this.timer);
  }

  public get peakMemoryMiB(): number {
    return Math.max(0, ...this.readings.map(({ memoryMiB }) => memoryMiB));
  }

  /** Returns the vCPUs used on average between two times, in epoch seconds. */
  public averageVCpus(from: number, to: number): number {
    const within = this.readings.filter(({ at }) => at >= from && at <= to);
    const [first, last] = [within[0], within.at(-1)];
    if (!first || !last || first === last) {
      return 0;
    }
    return (last.cpuSeconds - first.cpuSeconds) / (last.at - first.at);
  }

  private read(): void {
    if (Meter.unavailable !== undefined || this.target.exit) {
      return;
    }
    let memoryKiB = 0;
    for (const pid of this.pids()) {
      try {
        // proportional, as in a container's own accounting: a page shared by two processes counts once
        const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
        memoryKiB += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
        const [, , , , , , , , , , , user, system] = statOf(pid);
        this.ticks.set(pid, Number(user) + Number(system));
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        this.commandLines.add(commandLine);
      } catch {
        // the process ended between listing and reading
      }
    }
    const ticks = [...this.ticks.values()].reduce((sum, item) => sum + item, 0);
    this.readings.push({
      at: Date.now() / 1000,
      cpuSeconds: ticks / TICKS_PER_SECOND,
      memoryMiB: memoryKiB / 1024,
    });
  }

  /** The processes of the group. */
  public pids(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          return Number(statOf(pid)[2]) === this.target.group;
        } catch {
          return false;
        }
      });
  }
}

/** Returns the fields of /proc/PID/stat after the name, which may contain spaces and parentheses. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

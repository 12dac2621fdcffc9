import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/**
 * Maps each port of the task to a free port of this machine. In ECS a task has its own network; on
 * a laptop two rehearsals would collide. Different ports stay different, so that a mismatch
 * between two containers remains one.
 */
export class Ports {
  private readonly mapped = new Map<number, number>();

  /** @param free ports of this machine that no other program uses */
  constructor(private readonly free: number[]) {}

  public local(port: number): number {
    let local = this.mapped.get(port);
    if (local === undefined) {
      local = this.free.pop();
      if (local === undefined) {
        throw new Error(`the task uses more ports than were reserved, at port ${port}`);
      }
      this.mapped.set(port, local);
    }
    return local;
  }

  /** Returns the port of the task that a port of this machine stands for, or the port itself. */
  public original(local: number): number {
    const [port = local] = [...this.mapped].find(([, mapped]) => mapped === local) ?? [];
    return port;
  }
}

/** Returns the TCP ports on which processes listen, in ascending order; none where there is no /proc. */
export function listeningPorts(pids: readonly number[]): number[] {
  const sockets = new Set(pids.flatMap(socketsOf));
  const lines = ['tcp', 'tcp6'].flatMap((table) => readLines(`/proc/net/${table}`));
  const ports = lines.flatMap((line) => {
    const [, address = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === LISTEN && sockets.has(inode)
      ? [parseInt(address.split(':')[1] ?? '', 16)]
      : [];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** The state of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

function readLines(file: string): string[] {
  return orNone(() => readFileSync(file, 'utf8').split('\n'));
}

function socketsOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return orNone(() => readdirSync(directory)).flatMap((name) =>
    orNone(() => [readlinkSync(join(directory, name))]).flatMap(
      (target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [],
    ),
  );
}

/** A process may end, or close a file, while its entries are read. */
function orNone<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch {
    return [];
  }
}

/** Returns ports that are free now. They are not held, so another program could take them first. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            resolve((server.address() as { port: number }).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

import { createServer } from 'node:net';

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

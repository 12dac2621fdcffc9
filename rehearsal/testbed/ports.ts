import { createServer } from 'node:net';

/**
 * Gives each port of the task a free port of this machine. In ECS a task has its own network; on
 * a laptop two rehearsals would collide. Different ports stay different, so that a mismatch
 * between two containers is a mismatch here.
 */
export class Ports {
  private readonly given = new Map<number, number>();

  /** @param free ports of this machine that nobody else uses */
  constructor(private readonly free: number[]) {}

  public local(port: number): number {
    let local = this.given.get(port);
    if (local === undefined) {
      local = this.free.pop();
      if (local === undefined) {
        throw new Error(`the task uses more ports than were kept free, at port ${port}`);
      }
      this.given.set(port, local);
    }
    return local;
  }

  public get all(): readonly (readonly [number, number])[] {
    return [...this.given];
  }
}

/** Ports that are free now. They are closed again, so another program could take them first. */
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

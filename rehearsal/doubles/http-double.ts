import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Refusal } from '../refusal';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Epoch seconds. */
  readonly at: number;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An HTTP server on this machine that can be stopped and started again on the same port.
 */
export abstract class HttpDouble {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(public readonly port: number) {}

  /** @returns `undefined` to send no response */
  protected abstract answer(received: Received): Answer | undefined;

  public async up(): Promise<void> {
    const server = this.createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new Refusal(
            `port ${this.port} cannot be used (${error.code ?? ''}); run the command again`,
          ),
        );
      });
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.server = server;
  }

  public async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) {
      const closed = new Promise((resolve) => server.close(resolve));
      this.sockets.forEach((socket) => socket.destroy());
      await closed;
    }
  }

  protected createServer(listener: RequestListener): Server {
    return createServer(listener);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = this.answer({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: await buffer(request),
      at: Date.now() / 1000,
    });
    if (answer) {
      const headers = { 'content-type': answer.type, ...answer.headers };
      response.writeHead(answer.status, headers).end(answer.body);
    }
  }
}

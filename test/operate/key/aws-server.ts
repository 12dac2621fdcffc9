import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a client asked for: of JSON services the target and the body, of query services the form. */
export interface Asked {
  readonly action: string;
  readonly body: string;
}

/**
 * A server that speaks to the clients of the AWS SDK, for what an emulator cannot be brought to do, such as to fail.
 */
export class AwsServer {
  public readonly asked: Asked[] = [];
  private readonly server: Server;

  /** @param answers by action; the last one is given again */
  constructor(private readonly answers: Record<string, (string | object)[]>) {
    this.server = createServer((request, response) => {
      void text(request).then((body) => {
        const target = request.headers['x-amz-target'];
        const action =
          typeof target === 'string'
            ? (target.split('.')[1] ?? '')
            : (new URLSearchParams(body).get('Action') ?? '');
        this.asked.push({ action, body });
        const [answer = '', ...rest] = this.answers[action] ?? [];
        if (rest.length > 0) {
          this.answers[action] = rest;
        }
        const isJson = typeof answer === 'object';
        response.writeHead(!isJson && answer.includes('<Error>') ? 400 : 200);
        response.end(isJson ? JSON.stringify(answer) : answer);
      });
    });
  }

  public async start(): Promise<{
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  }> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return {
      endpoint: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

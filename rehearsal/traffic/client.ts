import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Kind, Phase } from './exchange';
import { composeRequest, type Headers, kindOf } from './requests';

type Response = Pick<Exchange, 'status' | 'error' | 'traceId'>;

/**
 * Sends requests as a load balancer forwards them, over connections that it keeps open.
 */
export class Client {
  public readonly exchanges: Exchange[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private sent = 0;

  constructor(
    private readonly port: number,
    private readonly healthCheckPath: string,
  ) {}

  /** Sends requests at a steady rate, whether or not responses arrive, and waits for the last response. */
  public async steady(phase: Phase, rate: number, seconds: number): Promise<void> {
    const pending: Promise<Exchange>[] = [];
    const start = Date.now();
    for (let due = 0; due < rate * seconds;) {
      const elapsed = (Date.now() - start) / 1000;
      for (; due < Math.min(elapsed, seconds) * rate; due++) {
        pending.push(this.send(kindOf(this.sent), phase));
      }
      await sleep(10);
    }
    await Promise.all(pending);
  }

  /** Keeps a number of requests in flight until told to stop, and waits for the last response. */
  public async saturate(phase: Phase, inFlight: number, isStopped: () => boolean): Promise<void> {
    const sendInTurn = async () => {
      while (!isStopped()) {
        await this.send(kindOf(this.sent), phase);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, sendInTurn));
  }

  public async send(kind: Kind, phase: Phase): Promise<Exchange> {
    const { path, headers, ...ids } = composeRequest(kind, this.sent++, this.healthCheckPath);
    const sentAt = Date.now() / 1000;
    const response = await this.responseTo(path, headers);
    const exchange = { kind, phase, sentAt, doneAt: Date.now() / 1000, ...ids, ...response };
    this.exchanges.push(exchange);
    return exchange;
  }

  private responseTo(path: string, headers: Headers): Promise<Response> {
    return new Promise((resolve) => {
      const { agent, port } = this;
      const fail = ({ message }: Error) => {
        resolve({ error: message });
      };
      const outgoing = request({ host: '127.0.0.1', port, path, headers, agent, timeout: 30_000 });
      outgoing.on('response', (response) => {
        response.resume();
        response.on('end', () => {
          const header = String(response.headers['x-amzn-trace-id']);
          const [, traceId] = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header) ?? [];
          resolve({
            ...(response.statusCode === undefined ? {} : { status: response.statusCode }),
            ...(traceId === undefined ? {} : { traceId }),
          });
        });
        response.on('error', fail);
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no response within 30 s')));
      outgoing.on('error', fail);
      outgoing.end();
    });
  }
}

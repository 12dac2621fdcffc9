import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Kind, Phase } from './exchange';
import type { Route } from '../service/service-file';
import { composeRequest, type Headers, kindOf } from './requests';

type Response = Pick<Exchange, 'status' | 'error' | 'traceId'>;

const KINDS_TO_A_ROUTE = 20;

/**
 * Sends requests as a load balancer forwards them, over connections that it keeps open.
 */
export class Client {
  public readonly exchanges: Exchange[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private sent = 0;

  constructor(
    private readonly port: number,
    private readonly routes: readonly Route[],
    private readonly healthCheck: Route,
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
    const number = this.sent++;
    const route = kind === 'health' ? this.healthCheck : this.routeOf(number);
    const { headers, ...context } = composeRequest(kind, number);
    const sentAt = Date.now() / 1000;
    const response = await this.responseTo(route, headers);
    const times = { sentAt, doneAt: Date.now() / 1000 };
    const exchange = { kind, phase, route, ...times, ...context, ...response };
    this.exchanges.push(exchange);
    return exchange;
  }

  /** Every route gets requests of every kind. */
  private routeOf(number: number): Route {
    const index = number + Math.floor(number / KINDS_TO_A_ROUTE);
    return this.routes[index % this.routes.length] ?? this.healthCheck;
  }

  private responseTo({ method, path, bodyBytes }: Route, headers: Headers): Promise<Response> {
    return new Promise((resolve) => {
      const { agent, port } = this;
      const body = Buffer.alloc(bodyBytes, 'a');
      const ofBody = bodyBytes > 0 ? { 'content-type': 'text/plain' } : {};
      const outgoing = request({
        ...{ host: '127.0.0.1', port, method, path, agent, timeout: 30_000 },
        headers: { ...headers, ...ofBody, 'content-length': bodyBytes },
      });
      outgoing.on('response', (response) => {
        const header = String(response.headers['x-amzn-trace-id']);
        const [, traceId] = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header) ?? [];
        const begun = {
          ...(response.statusCode === undefined ? {} : { status: response.statusCode }),
          ...(traceId === undefined ? {} : { traceId }),
        };
        response.resume();
        response.on('end', () => {
          resolve(begun);
        });
        response.on('error', ({ message }) => {
          resolve({ ...begun, error: message });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no response within 30 s')));
      outgoing.on('error', ({ message }) => {
        resolve({ error: message });
      });
      outgoing.end(body);
    });
  }
}

import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The route of the application that people use. */
export const HOME = '/api/activities/home';
const MISSING = '/api/activities/nothing-here';

/** What a request wants of the tracing. */
export type Kind =
  | 'home' // as a load balancer passes it on
  | 'missing' // a path that does not exist
  | 'forced' // a stranger asks to be recorded, under a parent
  | 'suppressed' // a stranger asks not to be recorded
  | 'w3c' // a stranger sends the headers of another propagation format
  | 'garbage' // a stranger sends nonsense
  | 'health'; // the load balancer's health check

/** A request and what came of it. Times are epoch seconds. */
export interface Exchange {
  readonly kind: Kind;
  readonly phase: string;
  readonly sentAt: number;
  readonly doneAt: number;
  readonly status?: number;
  readonly error?: string;
  /** Trace id that the load balancer gave to the request. */
  readonly root?: string;
  /** Trace id that the application answered with. */
  readonly traceId?: string;
  /** Ids that a stranger sent and that must not be found anywhere. */
  readonly strange: readonly string[];
}

export function succeeded({ kind, status }: Exchange): boolean {
  return status === (kind === 'missing' ? 404 : 200);
}

type Headers = Record<string, string | string[]>;

interface Composed {
  readonly path: string;
  readonly headers: Headers;
  readonly root?: string;
  readonly strange: readonly string[];
}

/** Hosts that clients use: the load balancer's own name, and the one that people know. */
const HOSTS = ['cruddur-1234567890.ap-southeast-2.elb.amazonaws.com', 'api.cruddur.com'];

/** Shares of the kinds in the traffic, by a repeated sequence: no chance is needed here. */
const MIX = [
  ...['home', 'forced', 'suppressed', 'w3c', 'home', 'suppressed', 'forced', 'home', 'garbage'],
  ...['suppressed', 'home', 'forced', 'missing', 'home', 'suppressed', 'w3c', 'home', 'forced'],
  ...['suppressed', 'home'],
] as Kind[];

/**
 * Sends requests as they come through a load balancer, over connections that are kept open.
 */
export class Client {
  public readonly exchanges: Exchange[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private sent = 0;

  constructor(
    private readonly port: number,
    private readonly healthCheckPath: string,
  ) {}

  /** Sends at a steady rate, whether or not answers come, and waits for the last of them. */
  public async steady(phase: string, rate: number, seconds: number): Promise<void> {
    const pending: Promise<Exchange>[] = [];
    const start = Date.now();
    for (let due = 0; due < rate * seconds;) {
      const elapsed = (Date.now() - start) / 1000;
      for (; due < Math.min(elapsed, seconds) * rate; due++) {
        pending.push(this.send(this.nextKind(), phase));
      }
      await sleep(10);
    }
    await Promise.all(pending);
  }

  /** Keeps so many requests in flight until told to stop, and waits for the last of them. */
  public async saturate(phase: string, inFlight: number, stopped: () => boolean): Promise<void> {
    const one = async () => {
      while (!stopped()) {
        await this.send(this.nextKind(), phase);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, one));
  }

  public async send(kind: Kind, phase: string): Promise<Exchange> {
    const number = this.sent++;
    const { path, headers, ...ids } = this.compose(kind, number);
    const sentAt = Date.now() / 1000;
    const outcome = await this.exchange(path, headers);
    const exchange = { kind, phase, sentAt, doneAt: Date.now() / 1000, ...ids, ...outcome };
    this.exchanges.push(exchange);
    return exchange;
  }

  public close(): void {
    this.agent.destroy();
  }

  private nextKind(): Kind {
    return MIX[this.sent % MIX.length] ?? 'home';
  }

  private compose(kind: Kind, number: number): Composed {
    const root = newRoot();
    const host = HOSTS[number % HOSTS.length] ?? '';
    const forwarded = { host, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'http' };
    const path = kind === 'missing' ? MISSING : HOME;
    switch (kind) {
      case 'health':
        return {
          path: this.healthCheckPath,
          headers: { host: '10.0.0.5', 'user-agent': 'ELB-HealthChecker/2.0' },
          strange: [],
        };
      case 'forced':
      case 'suppressed': {
        const parent = randomBytes(8).toString('hex');
        const sampled = kind === 'forced' ? 1 : 0;
        const header = `Self=${newRoot()};Root=${root};Parent=${parent};Sampled=${sampled}`;
        return {
          path,
          headers: { ...forwarded, 'x-amzn-trace-id': header },
          root,
          strange: [parent],
        };
      }
      case 'w3c': {
        const [trace, parent] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
        const headers = {
          ...forwarded,
          'x-amzn-trace-id': `Root=${root}`,
          traceparent: `00-${trace}-${parent}-01`,
          tracestate: `stranger=${parent}`,
          baggage: `stranger=${trace}`,
        };
        return { path, headers, root, strange: [trace, parent] };
      }
      case 'garbage':
        return { path, headers: { ...forwarded, ...garbage(number) }, strange: ['5trange'] };
      default:
        return {
          path,
          headers: { ...forwarded, 'x-amzn-trace-id': `Root=${root}` },
          root,
          strange: [],
        };
    }
  }

  private exchange(path: string, headers: Headers) {
    return new Promise<{ status?: number; error?: string; traceId?: string }>((resolve) => {
      const { agent, port } = this;
      const outgoing = request({ host: '127.0.0.1', port, path, headers, agent, timeout: 30_000 });
      outgoing.on('response', (response) => {
        response.resume();
        response.on('end', () => {
          const [, traceId] =
            /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(String(response.headers['x-amzn-trace-id'])) ??
            [];
          resolve({
            ...(response.statusCode === undefined ? {} : { status: response.statusCode }),
            ...(traceId === undefined ? {} : { traceId }),
          });
        });
        response.on('error', (error) => {
          resolve({ error: error.message });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 30 s')));
      outgoing.on('error', (error) => {
        resolve({ error: error.message });
      });
      outgoing.end();
    });
  }
}

function newRoot(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** Headers that no client with good intentions sends. */
function garbage(number: number): Headers {
  const nonsense: Headers[] = [
    { 'x-amzn-trace-id': 'Root=5trange;Parent=5trange;Sampled=1' },
    { 'x-amzn-trace-id': `Root=1-5trange-${'f'.repeat(24)};Sampled=1` },
    { 'x-amzn-trace-id': ['Root=5trange;Sampled=1', 'Root=5trange;Sampled=0'] },
    { 'x-amzn-trace-id': 'Sampled=1' },
    { 'x-amzn-trace-id': '\u00e4\u00f6\u00fc;;==;\t5trange;Sampled=1' },
    { 'x-amzn-trace-id': '5trange'.repeat(1400) },
    { 'x-amzn-trace-id': '', traceparent: '00-5trange-5trange-ff', baggage: '5trange=,;=' },
    { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, tracestate: '5trange'.repeat(200) },
  ];
  return nonsense[number % nonsense.length] ?? {};
}

import type { Route } from '../service/service-file';

/** The kinds of request, by what they carry for tracing. */
export type Kind =
  | 'plain' // as a load balancer forwards it
  | 'forced' // an untrusted caller asks to be recorded, under a parent
  | 'suppressed' // an untrusted caller asks not to be recorded
  | 'w3c' // an untrusted caller sends the headers of another propagation format
  | 'garbage' // an untrusted caller sends nonsense
  | 'health'; // the load balancer's health check

/** The part of a run or of a fault in which a request was sent. */
export type Phase = 'start' | 'warm-up' | 'steady' | 'stop' | 'fault' | 'recovery';

/** A request and its response. Times are epoch seconds. */
export interface Exchange {
  readonly kind: Kind;
  readonly phase: Phase;
  readonly route: Route;
  /** Host and scheme that the client used. */
  readonly host: string;
  readonly scheme: 'http' | 'https';
  readonly sentAt: number;
  readonly doneAt: number;
  readonly status?: number;
  /** Why there was no response, or no complete one. */
  readonly error?: string;
  /** Trace ID that the load balancer assigned. */
  readonly root?: string;
  /** Trace ID in the application's response. */
  readonly traceId?: string;
  /** IDs that an untrusted caller sent, and that no backend may receive. */
  readonly untrustedIds: readonly string[];
}

/** Whether a response came, and completely unless the route breaks off. */
export function isAnswered({ error, route, status }: Exchange): boolean {
  return status !== undefined && (error !== undefined) === route.breaks;
}

/** Whether the response is that of the route. */
export function succeeded(exchange: Exchange): boolean {
  const { route, status } = exchange;
  return isAnswered(exchange) && status === (route.status ?? status);
}

/** Returns the latency in milliseconds that the given share of the requests does not exceed. */
export function percentile(exchanges: readonly Exchange[], share: number): number {
  const sorted = exchanges
    .map(({ sentAt, doneAt }) => (doneAt - sentAt) * 1000)
    .sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

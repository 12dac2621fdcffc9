import { randomBytes } from 'node:crypto';
import type { Exchange, Kind } from './exchange';

/** Hosts that clients use: the load balancer's own name, and the public one. */
const HOSTS = ['cruddur-1234567890.ap-southeast-2.elb.amazonaws.com', 'api.cruddur.com'];

/** The kinds in the traffic, as a repeated sequence: nothing here needs to be random. */
const MIX = [
  ...['plain', 'forced', 'suppressed', 'w3c', 'plain', 'suppressed', 'forced', 'plain', 'garbage'],
  ...['suppressed', 'plain', 'forced', 'plain', 'suppressed', 'w3c', 'plain', 'forced'],
  ...['suppressed', 'plain'],
] as Kind[];

export type Headers = Record<string, string | string[]>;

export interface Request extends Pick<Exchange, 'host' | 'scheme' | 'root' | 'untrustedIds'> {
  readonly headers: Headers;
}

export function kindOf(number: number): Kind {
  return MIX[number % MIX.length] ?? 'plain';
}

/** Composes a request of a kind; the number varies its host, its scheme, and its content. */
export function composeRequest(kind: Kind, number: number): Request {
  const root = newTraceId();
  const host = HOSTS[number % HOSTS.length] ?? '';
  const scheme = number % 3 === 0 ? 'https' : 'http';
  const forwarded = { host, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': scheme };
  const parent = randomBytes(8).toString('hex');
  const request = (own: Headers, untrustedIds: string[]): Request => ({
    headers: { ...forwarded, ...own },
    host,
    scheme,
    root,
    untrustedIds,
  });
  switch (kind) {
    case 'health':
      return {
        headers: { host: '10.0.0.5', 'user-agent': 'ELB-HealthChecker/2.0' },
        host: '10.0.0.5',
        scheme: 'http',
        untrustedIds: [],
      };
    case 'forced':
    case 'suppressed': {
      const sampled = kind === 'forced' ? 1 : 0;
      const header = `Self=${newTraceId()};Root=${root};Parent=${parent};Sampled=${sampled}`;
      return request({ 'x-amzn-trace-id': header }, [parent]);
    }
    case 'w3c': {
      const trace = randomBytes(16).toString('hex');
      const headers = {
        'x-amzn-trace-id': `Root=${root}`,
        traceparent: `00-${trace}-${parent}-01`,
        tracestate: `untrusted=${parent}`,
        baggage: `untrusted=${trace}`,
      };
      return request(headers, [trace, parent]);
    }
    case 'garbage': {
      const headers = { ...forwarded, ...garbage(number) };
      const untrustedIds = [NONSENSE, OLD.replaceAll('-', '').slice(1)];
      return { headers, host, scheme, untrustedIds };
    }
    default:
      return request({ 'x-amzn-trace-id': `Root=${root}` }, []);
  }
}

function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** A trace ID that is older than X-Ray accepts, in its form. */
const OLD = '1-58406520-a006649127e371903a2de979';

/** Takes the place of an ID, and occurs nowhere else. */
const NONSENSE = 'n0tanid';

/** Headers of untrusted callers. */
function garbage(number: number): Headers {
  const headers: Headers[] = [
    { 'x-amzn-trace-id': `Root=${NONSENSE};Parent=${NONSENSE};Sampled=1` },
    { 'x-amzn-trace-id': `Root=1-${NONSENSE}-${'f'.repeat(24)};Sampled=1` },
    { 'x-amzn-trace-id': [`Root=${NONSENSE};Sampled=1`, `Root=${NONSENSE};Sampled=0`] },
    { 'x-amzn-trace-id': `Root=${OLD};Sampled=1` },
    { 'x-amzn-trace-id': 'Sampled=1' },
    { 'x-amzn-trace-id': `\u00e4\u00f6\u00fc;;==;\t${NONSENSE};Sampled=1` },
    { 'x-amzn-trace-id': NONSENSE.repeat(1400) },
    {
      'x-amzn-trace-id': '',
      traceparent: `00-${NONSENSE}-${NONSENSE}-ff`,
      baggage: `${NONSENSE}=,;=`,
    },
    {
      traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
      tracestate: NONSENSE.repeat(200),
    },
  ];
  return headers[number % headers.length] ?? {};
}

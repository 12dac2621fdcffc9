import { gunzipSync } from 'node:zlib';
import type { Answer, Received } from './http-double';
import { HttpsDouble } from './https-double';
import { readSpans, type Span } from './otlp';

/** Honeycomb's hosts: in the US, and in the EU. */
export const HONEYCOMB_HOSTS = ['api.honeycomb.io', 'api.eu1.honeycomb.io'];

/** Healthy, never answering, answering 401, 429, or 503 to everything, or rejecting a span of each batch. */
export type Behavior =
  'healthy' | 'silent' | 'unauthorized' | 'throttling' | 'unavailable' | 'rejecting';

/** An `ExportTraceServiceResponse` whose `partial_success` has one of `rejected_spans`. */
const ONE_REJECTED = Buffer.from([0x0a, 2, 0x08, 1]);

/**
 * A test double of Honeycomb's OTLP/HTTP endpoint.
 */
export class Honeycomb extends HttpsDouble {
  public behavior: Behavior = 'healthy';
  public readonly spans: Span[] = [];
  public readonly problems: string[] = [];
  /** Number of batches received with each value of `x-honeycomb-team`. */
  public readonly keys = new Map<string, number>();

  protected answer({ method, path, headers, body }: Received): Answer | undefined {
    const key = String(headers['x-honeycomb-team'] ?? '');
    this.keys.set(key, (this.keys.get(key) ?? 0) + 1);
    if (this.behavior === 'silent') {
      return undefined;
    }
    if (this.behavior === 'unauthorized' || key === '') {
      return refuse(401, 'unknown API key - check your credentials');
    }
    if (this.behavior === 'throttling') {
      return { ...refuse(429, 'too many requests'), headers: { 'retry-after': '1' } };
    }
    if (this.behavior === 'unavailable') {
      return refuse(503, 'service unavailable');
    }
    if (method !== 'POST' || path !== '/v1/traces') {
      this.problems.push(`spans were sent by ${method} ${path}, expected POST /v1/traces`);
      return refuse(404, 'not found');
    }
    if (headers['content-type'] !== 'application/x-protobuf') {
      this.problems.push(
        `content type ${headers['content-type'] ?? 'missing'}, expected application/x-protobuf`,
      );
      return refuse(415, 'unsupported media type');
    }
    try {
      this.spans.push(
        ...readSpans(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body),
      );
    } catch (error) {
      this.problems.push(`a batch cannot be decoded: ${String(error)}`);
      return refuse(400, 'cannot be decoded');
    }
    return {
      status: 200,
      type: 'application/x-protobuf',
      body: this.behavior === 'rejecting' ? ONE_REJECTED : '',
    };
  }
}

function refuse(status: number, message: string): Answer {
  return { status, type: 'application/json', body: JSON.stringify({ message }) };
}

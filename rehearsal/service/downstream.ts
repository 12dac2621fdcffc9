import { type Answer, HttpDouble, type Received } from '../doubles/http-double';

/** A call of the service under test. IDs are as in the header: the trace's in X-Ray's form. */
export interface DownstreamCall {
  readonly traceId: string | undefined;
  readonly parentId: string | undefined;
}

/**
 * A service that the application calls: answers 200 to everything, and keeps who called.
 */
export class Downstream extends HttpDouble {
  public readonly calls: DownstreamCall[] = [];

  public get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  protected answer({ headers }: Received): Answer {
    const header = String(headers['x-amzn-trace-id'] ?? '');
    const [, traceId] = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header) ?? [];
    const [, parentId] = /Parent=([0-9a-f]{16})/.exec(header) ?? [];
    this.calls.push({ traceId, parentId });
    return { status: 200, type: 'application/json', body: '{}' };
  }
}

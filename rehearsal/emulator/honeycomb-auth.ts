import type { Answer, Received } from '../doubles/http-double';
import { HttpsDouble } from '../doubles/https-double';

/**
 * A test double of Honeycomb's `GET /1/auth`.
 */
export class HoneycombAuth extends HttpsDouble {
  /** Keys that Honeycomb knows. */
  public readonly known = new Set<string>();

  /** Variables that lead a program here. */
  public get variables(): Record<string, string> {
    return { HTTPS_PROXY: this.proxy, NODE_EXTRA_CA_CERTS: this.certificate.authority };
  }

  protected answer({ method, path, headers }: Received): Answer {
    const isKnown = this.known.has(String(headers['x-honeycomb-team']));
    const isAuth = method === 'GET' && path === '/1/auth';
    return {
      status: !isAuth ? 404 : isKnown ? 200 : 401,
      type: 'application/json',
      body: JSON.stringify(
        isKnown
          ? {
              id: 'hcaik_1',
              type: 'ingest',
              api_key_access: { events: true },
              environment: { name: 'Rehearsal', slug: 'rehearsal' },
              team: { name: 'Cruddur', slug: 'cruddur' },
            }
          : { error: 'unknown API key - check your credentials' },
      ),
    };
  }
}

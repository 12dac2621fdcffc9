import type { Answer, Received } from '../doubles/http-double';
import { createCertificate, ProxiedDouble } from '../doubles/proxied-double';
import { freePorts } from '../testbed/ports';

/**
 * A test double of Honeycomb's `GET /1/auth`.
 */
export class HoneycombAuth extends ProxiedDouble {
  /** Keys that Honeycomb knows. */
  public readonly known = new Set<string>();
  /** Variables that lead a program here. */
  public variables: Readonly<Record<string, string>> = {};

  /** @param directory where the certificate is created */
  public static async start(directory: string): Promise<HoneycombAuth> {
    const [port = 0] = await freePorts(1);
    const certificate = await createCertificate(directory);
    const auth = new HoneycombAuth(port, certificate);
    auth.variables = { HTTPS_PROXY: auth.proxy, NODE_EXTRA_CA_CERTS: certificate.file };
    await auth.up();
    return auth;
  }

  protected answer({ method, path, headers }: Received): Answer {
    const isKnown = this.known.has(String(headers['x-honeycomb-team']));
    const isAuth = method === 'GET' && path === '/1/auth';
    const body = isKnown
      ? {
          id: 'hcaik_1',
          type: 'ingest',
          api_key_access: { events: true },
          environment: { name: 'Rehearsal', slug: 'rehearsal' },
          team: { name: 'Cruddur', slug: 'cruddur' },
        }
      : { error: 'unknown API key - check your credentials' };
    return {
      status: !isAuth ? 404 : isKnown ? 200 : 401,
      type: 'application/json',
      body: JSON.stringify(body),
    };
  }
}

import { readFileSync } from 'node:fs';
import { createServer as createProxy, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Refusal } from '../refusal';
import { runToEnd } from '../testbed/processes';

const HOST = 'api.honeycomb.io';

/**
 * Honeycomb's `GET /1/auth`, behind a proxy that leads to it alone. A program gets here only if it honors the proxy of its
 * environment, and trusts the certificate of this run.
 */
export class HoneycombAuth {
  /** Keys that Honeycomb knows. */
  public readonly known = new Set<string>();

  private constructor(
    private readonly certificate: string,
    private readonly proxy: Server,
  ) {}

  /** @param directory where the certificate is made */
  public static async start(directory: string): Promise<HoneycombAuth> {
    const [key, cert] = [join(directory, 'honeycomb.key'), join(directory, 'honeycomb.crt')];
    const form = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${HOST}`];
    const name = ['-addext', `subjectAltName=DNS:${HOST}`, '-keyout', key, '-out', cert];
    const { ok, text } = await runToEnd('openssl', ['req', ...form, ...name]);
    if (!ok) {
      throw new Refusal(`openssl cannot make a certificate: ${text}`);
    }
    const proxy = createProxy();
    const auth = new HoneycombAuth(cert, proxy);
    const honeycomb = createServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (request, response) => {
        const isKnown = auth.known.has(String(request.headers['x-honeycomb-team']));
        const isAuth = request.method === 'GET' && request.url === '/1/auth';
        response.writeHead(!isAuth ? 404 : isKnown ? 200 : 401);
        response.end(
          JSON.stringify(
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
        );
      },
    );
    proxy.on('connect', (request, socket) => {
      if (request.url !== `${HOST}:443`) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      honeycomb.emit('connection', socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return auth;
  }

  /** Variables that lead a program here. */
  public get variables(): Record<string, string> {
    const { port } = this.proxy.address() as AddressInfo;
    return { HTTPS_PROXY: `http://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: this.certificate };
  }

  public stop(): void {
    this.proxy.closeAllConnections();
    this.proxy.close();
  }
}

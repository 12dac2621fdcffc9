import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Certificate } from './certificate';
import { HttpDouble } from './http-double';

/**
 * A test double of a service on the internet, behind a proxy that leads to it alone. A program gets there only if it honors the
 * proxy of its environment, and trusts the certificate authority of the run.
 */
export abstract class HttpsDouble extends HttpDouble {
  /** Origins that programs asked the proxy for, whether or not it leads there. */
  public readonly origins = new Set<string>();

  constructor(
    port: number,
    public readonly certificate: Certificate,
  ) {
    super(port);
  }

  /** URL of the proxy. */
  public get proxy(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  protected override createServer(listener: RequestListener): Server {
    const { key, cert, hosts } = this.certificate;
    const service = createHttpsServer({ key, cert }, listener);
    // a request that is not encrypted is for no host that this proxy leads to
    const proxy = createServer(({ url = '' }, response) => {
      this.origins.add(URL.canParse(url) ? new URL(url).origin : url);
      response.writeHead(502).end();
    });
    proxy.on('connect', ({ url = '' }, socket, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const { origin, hostname, port } = new URL(`https://${url}`);
      this.origins.add(origin);
      if (!hosts.includes(hostname) || port !== '') {
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.unshift(head);
      service.emit('connection', socket);
    });
    return proxy;
  }
}

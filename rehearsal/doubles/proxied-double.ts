import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { Refusal } from '../refusal';
import { HttpDouble } from './http-double';

/** Files of a certificate, and of its private key. */
export interface Certificate {
  readonly file: string;
  readonly key: string;
}

/** Hosts of Honeycomb, in the US and in the EU. */
export const HONEYCOMB_HOSTS = ['api.honeycomb.io', 'api.eu1.honeycomb.io'];

/** Creates a certificate for Honeycomb's hosts that nobody trusts but who is told to. */
export async function createCertificate(directory: string): Promise<Certificate> {
  const certificate = {
    file: join(directory, 'honeycomb.crt'),
    key: join(directory, 'honeycomb.key'),
  };
  const names = HONEYCOMB_HOSTS.map((host) => `DNS:${host}`).join(',');
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=rehearsal'],
      ...['-addext', `subjectAltName=${names}`],
      ...['-addext', 'keyUsage=critical,digitalSignature,keyCertSign'],
      ...['-keyout', certificate.key, '-out', certificate.file],
    ]);
  } catch (error) {
    throw new Refusal(`openssl cannot create a certificate: ${String(error)}`);
  }
  return certificate;
}

/**
 * A test double of Honeycomb over TLS, behind a proxy that leads to it alone: a program gets here only if it honors the proxy of
 * its environment, and trusts the certificate of the run.
 */
export abstract class ProxiedDouble extends HttpDouble {
  private readonly connections = new Set<Duplex>();

  constructor(
    port: number,
    private readonly certificate: Certificate,
  ) {
    super(port);
  }

  /** Address of the proxy. */
  public get proxy(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  public override async down(): Promise<void> {
    this.connections.forEach((connection) => connection.destroy());
    this.connections.clear();
    await super.down();
  }

  protected override createServer(answer: RequestListener): Server {
    const { file, key } = this.certificate;
    const honeycomb = createTlsServer({ cert: readFileSync(file), key: readFileSync(key) }, answer);
    // a request that is not encrypted goes nowhere either
    const proxy = createServer((_, response) => response.writeHead(502).end());
    proxy.on('connect', ({ url = '' }, socket) => {
      socket.on('error', () => socket.destroy());
      if (!HONEYCOMB_HOSTS.some((host) => url === `${host}:443`)) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      honeycomb.emit('connection', socket);
    });
    return proxy;
  }
}

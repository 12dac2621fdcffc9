import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal';

/** A certificate that an authority made for one run has signed. */
export interface Certificate {
  readonly hosts: readonly string[];
  /** File with the certificate of the authority. */
  readonly authority: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

const NEW_KEY = ['-newkey', 'rsa:2048', '-nodes'];

/**
 * Makes a certificate, valid for a day.
 *
 * @param directory where the files are kept
 */
export function makeCertificate(directory: string, hosts: readonly string[]): Certificate {
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => {
    try {
      execFileSync('openssl', args, { stdio: 'pipe' });
    } catch (error) {
      throw new Refusal(`openssl cannot make a certificate: ${(error as Error).message}`);
    }
  };
  const [authority, authorityKey] = [file('authority.pem'), file('authority.key')];
  const usage = 'keyUsage=critical,keyCertSign,cRLSign';
  const own = ['-x509', '-days', '1', '-subj', '/CN=Certificate authority of a rehearsal'];
  openssl('req', ...own, '-addext', usage, ...NEW_KEY, '-keyout', authorityKey, '-out', authority);

  const [key, cert, request] = [file('double.key'), file('double.pem'), file('double.csr')];
  openssl('req', ...NEW_KEY, '-subj', `/CN=${hosts[0] ?? ''}`, '-keyout', key, '-out', request);
  writeFileSync(
    file('double.ext'),
    [
      `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`,
      'basicConstraints=critical,CA:FALSE',
      'subjectKeyIdentifier=hash',
      'authorityKeyIdentifier=keyid',
    ].join('\n'),
  );
  const signed = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-days', '1'];
  openssl('x509', '-req', '-in', request, ...signed, '-extfile', file('double.ext'), '-out', cert);
  return { hosts, authority, key: readFileSync(key), cert: readFileSync(cert) };
}

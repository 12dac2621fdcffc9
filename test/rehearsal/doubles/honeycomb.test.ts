import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { type Certificate, makeCertificate } from '../../../rehearsal/doubles/certificate';
import { Honeycomb, HONEYCOMB_HOSTS } from '../../../rehearsal/doubles/honeycomb';
import { freePorts } from '../../../rehearsal/testbed/ports';

/** What OpenTelemetry's exporter for Python sends for a server span with one child. */
const BODY = Buffer.from(
  'CqACCiEKHwoMc2VydmljZS5uYW1lEg8KDWJhY2tlbmQtZmxhc2sS+gEKAwoBdBKtAQoQWEBlIKAGZJEn43GQOi3p' +
    'eRIIq83vAAAAAAIiCKvN7wAAAAABKgVjaGlsZDABOYCyEEX+nJcXQQBl91P+nJcXSiYKB2FwcC5ub3cSGwoZMjAy' +
    'Ni0xMS0yMlQwMDowMDowMCswMDowMEoXChFhcHAucmVzdWx0X2xlbmd0aBICGANKCAoCb2sSAhABShIKBXJhdGlv' +
    'EgkhAAAAAAAA4D96BRIBeBgChQEAAQAAEkMKEFhAZSCgBmSRJ+NxkDot6XkSCKvN7wAAAAABKglHRVQgL2hvbWUw' +
    'AjkAACo2/pyXF0EAysRx/pyXF3oAhQEAAQAA',
  'base64',
);

let directory: string;
let certificate: Certificate;
let honeycomb: Honeycomb;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'honeycomb-'));
  certificate = makeCertificate(directory, HONEYCOMB_HOSTS);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

beforeEach(async () => {
  const [port = 0] = await freePorts(1);
  honeycomb = new Honeycomb(port, certificate);
  await honeycomb.up();
});

afterEach(() => honeycomb.down());

/** Asks the proxy for a host, as a program that honors `HTTPS_PROXY` does. @returns the socket to it */
function through(host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { port } = honeycomb;
    const asking = httpRequest({ host: '127.0.0.1', port, method: 'CONNECT', path: host });
    asking.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        resolve(socket);
      } else {
        reject(new Error(`the proxy answered ${String(statusCode)}`));
      }
    });
    asking.on('error', reject).end();
  });
}

/** Sends a request to Honeycomb by TLS. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
  host = 'api.honeycomb.io',
): Promise<{ status: number | undefined }> {
  const socket = await through(`${host}:443`);
  const ca = readFileSync(certificate.authority);
  return new Promise((resolve, reject) => {
    const createConnection = () => connect({ socket, servername: host, ca });
    request({ host, method, path, headers, createConnection }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve({ status: response.statusCode });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

function post(body: Buffer, headers: Record<string, string> = {}, path = '/v1/traces') {
  const own = { 'content-type': 'application/x-protobuf', 'x-honeycomb-team': 'key' };
  return send('POST', path, { ...own, ...headers }, body);
}

test.each([
  ['plain', BODY, {}],
  ['compressed', gzipSync(BODY), { 'content-encoding': 'gzip' }],
])('reads the spans of a %s request', async (_, body, headers) => {
  expect((await post(body, headers)).status).toBe(200);

  expect(honeycomb.spans).toEqual([
    {
      traceId: '58406520a006649127e371903a2de979',
      spanId: 'abcdef0000000002',
      parentSpanId: 'abcdef0000000001',
      name: 'child',
      kind: 1,
      start: expect.closeTo(1_700_000_000.25, 5) as number,
      end: expect.closeTo(1_700_000_000.5, 5) as number,
      error: true,
      attributes: {
        'app.now': '2026-11-22T00:00:00+00:00',
        'app.result_length': 3,
        ok: true,
        ratio: 0.5,
      },
      resource: { 'service.name': 'backend-flask' },
    },
    expect.objectContaining({ name: 'GET /home', kind: 2, parentSpanId: '', error: false }),
  ]);
  expect(honeycomb.keys).toEqual(new Map([['key', 1]]));
});

test.each([
  ['another path', 404, {}, '/v1/traces/v1/traces', 'expected POST /v1/traces'],
  [
    'another content type',
    415,
    { 'content-type': 'application/json' },
    '/v1/traces',
    'expected application/x-protobuf',
  ],
])('rejects %s', async (_, status, headers, path, problem) => {
  expect((await post(BODY, headers, path)).status).toBe(status);

  expect(honeycomb.spans).toEqual([]);
  expect(honeycomb.problems.join()).toContain(problem);
});

test('rejects invalid protobuf', async () => {
  expect((await post(Buffer.from('nonsense'))).status).toBe(400);

  expect(honeycomb.problems.join()).toContain('cannot be decoded');
});

test('rejects another method', async () => {
  expect((await send('PUT', '/v1/traces', { 'x-honeycomb-team': 'key' }, BODY)).status).toBe(404);

  expect(honeycomb.problems.join()).toContain('PUT /v1/traces');
});

test('rejects a batch without a key', async () => {
  expect((await post(BODY, { 'x-honeycomb-team': '' })).status).toBe(401);

  expect(honeycomb.spans).toEqual([]);
});

test.each([
  ['throttling', 429, 0],
  ['unavailable', 503, 0],
  ['rejecting', 200, 2],
] as const)('can be %s', async (behavior, expected, spans) => {
  honeycomb.behavior = behavior;

  expect((await post(BODY)).status).toBe(expected);
  expect(honeycomb.spans).toHaveLength(spans);
});

test('can respond with 401', async () => {
  honeycomb.behavior = 'unauthorized';

  expect((await post(BODY)).status).toBe(401);
  expect(honeycomb.spans).toEqual([]);
});

test('can be stopped and started again on the same port', async () => {
  await honeycomb.down();
  await expect(post(BODY)).rejects.toThrow();

  await honeycomb.up();
  expect((await post(BODY)).status).toBe(200);
});

test.each(HONEYCOMB_HOSTS)('has a certificate for %s', async (host) => {
  const { status } = await send('POST', '/', { 'x-honeycomb-team': 'key' }, BODY, host);

  expect(status).toBe(404);
  expect([...honeycomb.origins]).toEqual([`https://${host}`]);
});

test.each(['api.honeycomb.com:443', 'api.honeycomb.io:8443', 'example.com:443'])(
  'does not lead to %s, and knows who asked for it',
  async (address) => {
    await expect(through(address)).rejects.toThrow('the proxy answered 502');

    expect([...honeycomb.origins]).toEqual([`https://${address.replace(/:443$/, '')}`]);
  },
);

test('does not lead anywhere without encryption', async () => {
  const { port } = honeycomb;
  const response = await new Promise<number | undefined>((resolve) => {
    const path = 'http://api.honeycomb.io/v1/traces';
    httpRequest({ host: '127.0.0.1', port, path, method: 'POST' }, ({ statusCode }) => {
      resolve(statusCode);
    }).end();
  });

  expect(response).toBe(502);
  expect([...honeycomb.origins]).toEqual(['http://api.honeycomb.io']);
});

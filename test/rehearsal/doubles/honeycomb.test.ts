import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { Honeycomb } from '../../../rehearsal/doubles/honeycomb';
import { type Certificate, createCertificate } from '../../../rehearsal/doubles/proxied-double';
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

const HOST = 'api.honeycomb.io';

let directory: string;
let certificate: Certificate;
let honeycomb: Honeycomb;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'honeycomb-'));
  certificate = await createCertificate(directory);
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

/** Asks the proxy for a connection with a host. */
async function connected(host: string): Promise<{ status: number | undefined; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const path = `${host}:443`;
    plainRequest({ host: '127.0.0.1', port: honeycomb.port, method: 'CONNECT', path })
      .once('connect', ({ statusCode: status }, socket) => {
        resolve({ status, socket: socket });
      })
      .once('error', reject)
      .end();
  });
}

async function post(
  body: Buffer,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<{ status: number | undefined }> {
  const { socket } = await connected(HOST);
  const ca = readFileSync(certificate.file);
  return new Promise((resolve, reject) => {
    request({
      createConnection: () => connect({ socket, servername: HOST, ca }),
      host: HOST,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'x-honeycomb-team': 'key', ...headers },
    })
      .once('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode });
      })
      .once('error', reject)
      .end(body);
  });
}

test('leads to no other host, and takes nothing that is not encrypted', async () => {
  expect((await connected('api.honeycomb.com')).status).toBe(502);
  const { status } = await fetch(`${honeycomb.proxy}/v1/traces`, { method: 'POST', body: 'spans' });
  expect(status).toBe(502);
  expect(honeycomb.keys.size).toBe(0);
});

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
  ['another path', 404, {}, '/v1/traces/v1/traces', 'expected /v1/traces'],
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

/**
 * A test double of the X-Ray daemon, for machines without the real one: receives segments over UDP
 * and forwards sampling calls over TCP, with the real one's arguments. Its signatures have the
 * right form only.
 */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

const FLUSH_MS = 1000;
const BATCH = 50;

const { values } = parseArgs({
  // Go stops parsing flags at the first argument that is not one
  args: flagsOnly(process.argv.slice(2)),
  options: {
    bind: { type: 'string', short: 'b', default: '127.0.0.1:2000' },
    'bind-tcp': { type: 'string', short: 't', default: '127.0.0.1:2000' },
    config: { type: 'string', short: 'c', default: '' },
    region: { type: 'string', short: 'n', default: process.env.AWS_REGION ?? '' },
    'buffer-memory': { type: 'string', short: 'm' },
    'log-level': { type: 'string', short: 'l' },
    'local-mode': { type: 'boolean', short: 'o', default: false },
  },
});
if (values.region === '') {
  console.error('[Error] Cannot fetch region variable from config file, environment variables');
  process.exit(1);
}
const endpoint = /^Endpoint: "(.*)"$/m.exec(readFileSync(values.config, 'utf8'))?.[1] ?? '';

let documents: string[] = [];
const udp = createSocket('udp4');
udp.on('message', (packet) => {
  const [header = '', ...body] = packet.toString().split('\n');
  if (header === '{"format":"json","version":1}') {
    documents.push(body.join('\n'));
  }
});
const [udpHost, udpPort] = address(values.bind);
udp.bind(udpPort, udpHost);

const proxy = createServer((request, response) => {
  void buffer(request)
    .then((body) => call(request.url ?? '', body))
    .then(({ status, text }) => response.writeHead(status).end(text))
    .catch(() => response.writeHead(502).end());
});
const [tcpHost, tcpPort] = address(values['bind-tcp']);
proxy.listen(tcpPort, tcpHost);

const timer = setInterval(() => void flush(), FLUSH_MS);
process.on('SIGTERM', () => {
  clearInterval(timer);
  udp.close();
  proxy.close();
  proxy.closeAllConnections();
  void flush().then(() => process.exit(0));
});

async function flush(): Promise<void> {
  while (documents.length > 0) {
    const batch = documents.slice(0, BATCH);
    documents = documents.slice(BATCH);
    const body = JSON.stringify({ TraceSegmentDocuments: batch });
    const { status, text } = await call('/TraceSegments', Buffer.from(body)).catch(
      (error: unknown) => ({ status: 0, text: String(error) }),
    );
    if (status !== 200) {
      console.error(`[Error] Sending segment batch failed with: ${status} ${text}`);
    }
  }
}

async function call(path: string, body: Buffer): Promise<{ status: number; text: string }> {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${now.slice(0, 8)}/${values.region}/xray/aws4_request`;
  const signature = createHash('sha256').update(body).digest('hex');
  const response = await fetch(endpoint + path, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${process.env.AWS_ACCESS_KEY_ID ?? ''}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      'x-amz-date': now,
    },
  });
  return { status: response.status, text: await response.text() };
}

function address(text: string): [string, number] {
  const [host = '', port = ''] = text.split(':');
  return [host, Number(port)];
}

function flagsOnly(args: string[]): string[] {
  const isValue = (index: number) => /^-[btcnml]$/.test(args[index - 1] ?? '');
  const end = args.findIndex((arg, index) => !arg.startsWith('-') && !isValue(index));
  return end === -1 ? args : args.slice(0, end);
}

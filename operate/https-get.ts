import { Agent, get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

const TIMEOUT_MS = 10_000;

/**
 * An answer over HTTPS.
 */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Gets a URL, through the proxy that `HTTPS_PROXY` and `NO_PROXY` name, if any.
 */
export type HttpsGet = (url: string, headers: Readonly<Record<string, string>>) => Promise<Answer>;

export const httpsGet: HttpsGet = async (url, headers) => {
  const agent = await httpsAgent(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { agent, headers, timeout: TIMEOUT_MS }, resolve);
    request.once('error', reject);
    request.once('timeout', () => {
      request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} seconds`));
    });
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
};

/**
 * How to reach a URL: as the CDK CLI does, through the proxy of the environment, if any.
 */
export async function httpsAgent(url: string) {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = getProxyForUrl(url);
  if (proxy === '') {
    return new Agent();
  }
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy);
}

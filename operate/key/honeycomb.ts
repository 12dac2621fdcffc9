import { z } from 'zod';
import { HONEYCOMB_ENDPOINT, type HoneycombRegion } from '../../lib/honeycomb/honeycomb-exporter';
import { OperatorError } from '../operator-error';
import { type Answer, type HttpsGet, httpsGet } from './https-get';

const authSchema = z.object({
  team: z.object({ name: z.string() }),
  // empty for a classic key
  environment: z.object({ name: z.string() }),
  api_key_access: z.object({ events: z.boolean().optional() }).optional(),
});

/**
 * Asks Honeycomb whose the key is.
 *
 * @returns whose it is, or why that is not known, to be shown to a person
 * @throws OperatorError if Honeycomb refuses the key, or takes no traces with it
 * @see https://docs.honeycomb.io/api/auth
 */
export async function verifyKey(
  key: string,
  region: HoneycombRegion,
  get: HttpsGet = httpsGet,
): Promise<string> {
  const url = `${HONEYCOMB_ENDPOINT[region]}/1/auth`;
  let answer: Answer;
  try {
    answer = await get(url, { 'X-Honeycomb-Team': key });
  } catch (error) {
    return `warning: the key is not verified, ${url} does not answer: ${messageOf(error)}`;
  }
  if (answer.status === 401) {
    throw new OperatorError(
      `Honeycomb does not know the key in its region ${region}; set the region with cruddur:honeycombRegion, or store the key all the same with --no-verify`,
    );
  }
  const { data: auth } = authSchema.safeParse(parse(answer));
  if (!auth) {
    return `warning: the key is not verified, ${url} answers with the status ${answer.status}`;
  }
  if (auth.api_key_access?.events === false) {
    throw new OperatorError(
      `the key may not send events to ${auth.team.name}: give it that permission in Honeycomb, or make an ingest key`,
    );
  }
  const environment = auth.environment.name === '' ? '' : `, environment ${auth.environment.name}`;
  return `Honeycomb knows the key: team ${auth.team.name}${environment}`;
}

function parse({ status, body }: Answer): unknown {
  try {
    return status === 200 ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** Of a connection that was tried at several addresses, the message is empty and the code says what is wrong. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || String(code);
}

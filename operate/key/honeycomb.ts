import { z } from 'zod';
import { HONEYCOMB_ENDPOINT, type HoneycombRegion } from '../../lib/honeycomb/honeycomb-exporter';
import { type Answer, type HttpsGet, httpsGet } from '../https-get';
import { messageOf, OperatorError } from '../operator-error';

const authSchema = z.object({
  team: z.object({ name: z.string() }),
  // empty for a classic key
  environment: z.object({ name: z.string() }),
  api_key_access: z.object({ events: z.boolean().optional() }).optional(),
});

/**
 * Asks Honeycomb which team and environment the key belongs to.
 *
 * @returns a sentence that says so, or why it could not be verified
 * @throws OperatorError if Honeycomb does not know the key, or the key may not send events
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
    return `warning: the key was not verified: ${url} does not answer: ${messageOf(error)}`;
  }
  if (answer.status === 401) {
    throw new OperatorError(
      `Honeycomb does not know the key in its region ${region}; set cruddur:honeycombRegion to the region of the key, or store the key anyway with --no-verify`,
    );
  }
  const { data: auth } = authSchema.safeParse(parse(answer));
  if (!auth) {
    return `warning: the key was not verified: ${url} returned status ${answer.status}`;
  }
  if (auth.api_key_access?.events === false) {
    throw new OperatorError(
      `the key may not send events to ${auth.team.name}: grant it that permission in Honeycomb, or create an ingest key`,
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

import { HoneycombRegion } from '../../../lib/honeycomb/honeycomb-exporter';
import { verifyKey } from '../../../operate/key/honeycomb';
import type { HttpsGet } from '../../../operate/https-get';

const KEY = `hcaik_${'0a'.repeat(29)}`;
const AUTH = {
  id: 'FL_xMM5LapLC',
  type: 'configuration',
  api_key_access: { events: true, boards: false },
  environment: { name: 'Production', slug: 'production' },
  team: { name: 'Cruddur', slug: 'cruddur' },
};

const answering =
  (status: number, body: unknown): HttpsGet =>
  () =>
    Promise.resolve({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });

test.each([
  [HoneycombRegion.US, 'https://api.honeycomb.io/1/auth'],
  [HoneycombRegion.EU, 'https://api.eu1.honeycomb.io/1/auth'],
])('asks in the region %s, with the key in its header', async (region, url) => {
  const get = jest.fn(answering(200, AUTH));

  await verifyKey(KEY, region, get);

  expect(get.mock.calls).toEqual([[url, { 'X-Honeycomb-Team': KEY }]]);
});

test.each([
  [AUTH, 'Honeycomb knows the key: team Cruddur, environment Production'],
  // of a classic key
  [{ ...AUTH, environment: { name: '', slug: '' } }, 'Honeycomb knows the key: team Cruddur'],
])('names team and environment', async (body, text) => {
  await expect(verifyKey(KEY, HoneycombRegion.US, answering(200, body))).resolves.toBe(text);
});

test('fails with a key that Honeycomb does not know', async () => {
  const get = answering(401, { error: 'unknown API key - check your credentials' });

  await expect(verifyKey(KEY, HoneycombRegion.EU, get)).rejects.toThrow(
    'Honeycomb does not know the key in its region eu',
  );
});

test('fails with a key that may not send events', async () => {
  const get = answering(200, { ...AUTH, api_key_access: { events: false } });

  await expect(verifyKey(KEY, HoneycombRegion.US, get)).rejects.toThrow(
    'the key may not send events to Cruddur',
  );
});

test.each([
  ['returned status 503', answering(503, 'try again')],
  ['returned status 200', answering(200, '<html>')],
  [
    'does not answer: getaddrinfo ENOTFOUND',
    () => Promise.reject(new Error('getaddrinfo ENOTFOUND')),
  ],
  [
    'does not answer: ECONNREFUSED',
    () => Promise.reject(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })),
  ],
])('warns if Honeycomb %s', async (reason, get) => {
  await expect(verifyKey(KEY, HoneycombRegion.US, get)).resolves.toBe(
    `warning: the key was not verified: https://api.honeycomb.io/1/auth ${reason}`,
  );
});

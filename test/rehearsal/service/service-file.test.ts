import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseServiceFile, readServiceFile } from '../../../rehearsal/service/service-file';

const TOP = join(__dirname, '..', '..', '..');

const parse = (value: unknown) => parseServiceFile(JSON.stringify(value), 'shop/rehearsal.json');

test('a route is a GET with any response, unless it states more', () => {
  expect(parse({ routes: [{ path: '/' }] }).routes).toEqual([
    { method: 'GET', path: '/', bodyBytes: 0, breaks: false, calls: false, spans: [] },
  ]);
});

test.each([
  [{ routes: [] }, 'shop/rehearsal.json: `routes`: Too small'],
  [
    { routes: [{ path: 'home' }] },
    '`routes[0].path`: must be an absolute path, without a query, got: "home"',
  ],
  [
    { routes: [{ path: '/', status: 42 }] },
    '`routes[0].status`: Too small: expected number to be >=200, got: 42',
  ],
  [{ routes: [{ path: '/', statuz: 200 }] }, '`routes[0]`: Unrecognized key: "statuz"'],
  [
    { routes: [{ path: '/', spans: [{ name: 'a', attributes: { key: '(' } }] }] },
    '`routes[0].spans[0].attributes.key`: must be a regular expression, got: "("',
  ],
])('refuses %j', (value, message) => {
  expect(() => parse(value)).toThrow(message);
});

test('refuses what is not JSON', () => {
  expect(() => parseServiceFile('{', 'shop/rehearsal.json')).toThrow(
    'shop/rehearsal.json must be JSON',
  );
});

test('is found next to the Dockerfile, and is optional', () => {
  const image = { context: TOP, repository: 'repository', platform: undefined };
  const own = readServiceFile({ ...image, dockerfile: 'backend-flask/Dockerfile' });
  const none = readServiceFile({ ...image, dockerfile: 'Dockerfile' });

  expect(own).toMatchObject({
    file: 'backend-flask/rehearsal.json',
    routes: (
      JSON.parse(readFileSync(join(TOP, 'backend-flask/rehearsal.json'), 'utf8')) as {
        routes: unknown[];
      }
    ).routes,
  });
  expect(none).toMatchObject({ file: undefined, routes: [{ path: '/rehearsal' }] });
});

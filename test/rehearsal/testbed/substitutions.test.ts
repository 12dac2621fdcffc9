import { readPlan } from '../../../rehearsal/template/plan';
import { Ports } from '../../../rehearsal/testbed/ports';
import { Substitutions } from '../../../rehearsal/testbed/substitutions';
import { change } from '../../../rehearsal/mutations/change';
import { assembly, template } from '../fixture';

const PROXY = 'http://127.0.0.1:8080';
const CERTIFICATE = {
  hosts: ['api.honeycomb.io'],
  authority: '/run/authority.pem',
  key: Buffer.from(''),
  cert: Buffer.from(''),
};

/** The application's environment after substitution, with variables of the test's own. */
function environment(variables: Record<string, string>) {
  const changed = template();
  Object.entries(variables).forEach(([name, value]) => {
    change(changed, `application.$${name} = ${JSON.stringify(value)}`);
  });
  const substitutions = new Substitutions({
    ports: new Ports([11, 12, 13]),
    honeycomb: { certificate: CERTIFICATE, proxy: PROXY },
    key: 'the-key',
    downstream: { variables: [], url: '' },
  });
  const plan = readPlan(assembly(changed), 'the-key');
  return { of: substitutions.environment(plan.application), substitutions };
}

test('changes the ports, the listening address, and the secret, and nothing else', () => {
  const { of, substitutions } = environment({
    AWS_XRAY_DAEMON_ADDRESS: 'tcp:127.0.0.1:2000 udp:127.0.0.1:2000',
    BIND_HOST: '0.0.0.0',
    OTEL_SERVICE_NAME: 'backend-flask',
    AWS_XRAY_URL: 'http://example.com:4567/',
  });

  expect(of).toEqual({
    PORT: '13',
    BIND_HOST: '127.0.0.1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://api.honeycomb.io',
    AWS_XRAY_DAEMON_ADDRESS: 'tcp:127.0.0.1:12 udp:127.0.0.1:12',
    OTEL_SERVICE_NAME: 'backend-flask',
    AWS_XRAY_URL: 'http://example.com:4567/',
    HONEYCOMB_API_KEY: 'the-key',
  });
  expect(substitutions.list.map(({ what }) => what)).toEqual([
    'port of the application',
    'address in the task',
    'listening address',
    'value of a secret',
  ]);
  expect(JSON.stringify(substitutions.list)).not.toContain('the-key');
});

test('the variables of a container win over those of its image', () => {
  const { substitutions } = environment({});
  const { application } = readPlan(assembly(), 'the-key');

  const of = substitutions.environment(application, { PORT: '80', HOME: '/root' });

  expect(of).toMatchObject({ PORT: '13', HOME: '/root' });
});

test.each([
  ['4567', '13'],
  ['--port=4567', '--port=13'],
  [':4567', ':13'],
  ['0.0.0.0:4567', '127.0.0.1:13'],
  ['--host=0.0.0.0', '--host=127.0.0.1'],
  ['flask run --host 0.0.0.0 --port 4567', 'flask run --host 127.0.0.1 --port 13'],
  ['gunicorn -b 0.0.0.0:4567 app:app', 'gunicorn -b 127.0.0.1:13 app:app'],
  ['--timeout=14567', '--timeout=14567'],
  ['10.0.0.0/0.0.0.0', '10.0.0.0/0.0.0.0'],
])('an argument of the application: %s', (text, expected) => {
  const { substitutions } = environment({});

  expect(substitutions.argument(text, 4567)).toBe(expected);
});

test('a number among the arguments of the daemon is no port of the application', () => {
  const { substitutions } = environment({});

  expect(substitutions.argument('4567')).toBe('4567');
  expect(substitutions.argument('none')).toBe('none');
});

test('a secret that is a header of OpenTelemetry is the key in its header', () => {
  const changed = template();
  change(changed, 'application.Secrets.0.Name = "OTEL_EXPORTER_OTLP_HEADERS"');
  const { application } = readPlan(assembly(changed), 'the-key');
  const { substitutions } = environment({});

  expect(substitutions.environment(application)).toMatchObject({
    OTEL_EXPORTER_OTLP_HEADERS: 'x-honeycomb-team=the-key',
  });
});

test('different ports stay different', () => {
  const { of } = environment({ A: 'localhost:2000', B: '0.0.0.0:2001', PORT: '2000' });

  expect(of.A?.split(':')[1]).toBe(of.PORT);
  expect(of.B?.split(':')[1]).not.toBe(of.PORT);
});

test("leads to the double by a proxy and the run's authority, and not to the daemon", () => {
  const { of, substitutions } = environment({
    AWS_XRAY_DAEMON_ADDRESS: 'tcp:xray-daemon:2000 udp:127.0.0.1:2000',
  });

  expect(substitutions.route(of)).toEqual({
    HTTPS_PROXY: PROXY,
    HTTP_PROXY: PROXY,
    NO_PROXY: 'localhost,127.0.0.1,xray-daemon',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/run/authority.pem',
  });
  expect(substitutions.list.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['destination of spans', 'certificate authorities for spans']),
  );
});

test('leaves a proxy and an authority of the template, so that a wrong one shows', () => {
  const own = {
    https_proxy: 'http://proxy.invalid:3128',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file.pem',
  };
  const { of, substitutions } = environment(own);

  expect(of).toMatchObject(own);
  expect(substitutions.route(of)).toEqual({});
});

test("puts the run's authority in place of a file of authorities that exists", () => {
  const { of, substitutions } = environment({ OTEL_EXPORTER_OTLP_CERTIFICATE: __filename });

  expect(of.OTEL_EXPORTER_OTLP_CERTIFICATE).toBe('/run/authority.pem');
  expect(substitutions.list).toContainEqual({
    what: 'certificate authorities for spans',
    from: __filename,
    to: '/run/authority.pem',
  });
});

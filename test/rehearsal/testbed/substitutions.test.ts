import { readPlan } from '../../../rehearsal/template/plan';
import { Ports } from '../../../rehearsal/testbed/ports';
import { Substitutions } from '../../../rehearsal/testbed/substitutions';
import { TemplateEditor } from '../../../rehearsal/mutations/template-editor';
import { assembly, template } from '../fixture';

/** The application's environment after substitution, with variables of the test's own. */
function environment(variables: Record<string, string>) {
  const changed = template();
  const editor = new TemplateEditor(changed);
  Object.entries(variables).forEach(([name, value]) => {
    editor.setVariable(name, value);
  });
  const honeycomb = { proxy: 'http://127.0.0.1:8080', certificate: '/tmp/honeycomb.crt' };
  const substitutions = new Substitutions(new Ports([11, 12, 13]), honeycomb, 'the-key');
  const plan = readPlan(assembly(changed), 'the-key');
  return { of: substitutions.environment(plan.application), substitutions };
}

test('changes the ports and the secret, and nothing else', () => {
  const { of, substitutions } = environment({
    AWS_XRAY_DAEMON_ADDRESS: 'tcp:127.0.0.1:2000 udp:127.0.0.1:2000',
    OTEL_SERVICE_NAME: 'backend-flask',
    AWS_XRAY_URL: 'http://example.com:4567/',
  });

  expect(of).toEqual({
    PORT: '13',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://api.honeycomb.io',
    AWS_XRAY_DAEMON_ADDRESS: 'tcp:127.0.0.1:12 udp:127.0.0.1:12',
    OTEL_SERVICE_NAME: 'backend-flask',
    AWS_XRAY_URL: 'http://example.com:4567/',
    HONEYCOMB_API_KEY: 'the-key',
  });
  expect([...substitutions.exportOrigins]).toEqual(['https://api.honeycomb.io']);
  expect(JSON.stringify(substitutions.list)).not.toContain('the-key');
});

test('different ports stay different', () => {
  const { of } = environment({ A: 'localhost:2000', B: '0.0.0.0:2001', PORT: '2000' });

  expect(of.A?.split(':')[1]).toBe(of.PORT);
  expect(of.B?.split(':')[1]).not.toBe(of.PORT);
});

test('leads the application to Honeycomb by a proxy, and to itself without', () => {
  const { substitutions } = environment({});

  expect(substitutions.wayToHoneycomb()).toEqual({
    HTTPS_PROXY: 'http://127.0.0.1:8080',
    HTTP_PROXY: 'http://127.0.0.1:8080',
    NO_PROXY: '127.0.0.1,localhost',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/tmp/honeycomb.crt',
  });
});

test('fails with an endpoint that is not a URL', () => {
  expect(() => environment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'api.honeycomb.io:443' })).toThrow(
    'must be an http or https URL, got: api.honeycomb.io:443',
  );
});

import { type Mutation, mutation } from './mutation';

/** The application's variables, health checks, and limits. */
export const APPLICATION_MUTATIONS: readonly Mutation[] = [
  mutation('endpoint already ends in /v1/traces', 'honeycomb-protocol', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_ENDPOINT', 'https://api.honeycomb.io/v1/traces');
  }),
  mutation('traces endpoint without /v1/traces', 'honeycomb-protocol', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://api.honeycomb.io');
  }),
  mutation('endpoint not encrypted', 'honeycomb-host', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://api.honeycomb.io');
  }),
  mutation('endpoint misspelt', 'honeycomb-host', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_ENDPOINT', 'https://api.honeycomb.com');
  }),
  mutation('endpoint without https://', 'honeycomb-host', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_ENDPOINT', 'api.honeycomb.io:443');
  }),
  mutation('proxy that does not exist', 'honeycomb-complete', (editor) => {
    editor.setVariable('HTTPS_PROXY', 'http://proxy.invalid:3128');
  }),
  mutation('certificate authorities that do not exist', 'honeycomb-complete', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_CERTIFICATE', '/etc/ssl/certs/nobody.pem');
  }),
  mutation('console exporter on', 'logs-quiet', (editor) => {
    editor.setVariable('OTEL_TRACES_EXPORTER', 'otlp,console');
  }),
  mutation('OpenTelemetry off', 'honeycomb-complete', (editor) => {
    editor.setVariable('OTEL_SDK_DISABLED', 'true');
  }),
  mutation('Honeycomb receives one trace in ten', 'honeycomb-complete', (editor) => {
    editor.setVariable('OTEL_TRACES_SAMPLER', 'traceidratio');
    editor.setVariable('OTEL_TRACES_SAMPLER_ARG', '0.1');
  }),
  mutation('X-Ray off', 'sampling-rate', (editor) => {
    editor.setVariable('AWS_XRAY_SDK_ENABLED', 'false');
  }),
  mutation('untrusted callers are trusted: sampling', 'sampling-not-forced', (editor) => {
    editor.setVariable('TRUST_INCOMING_TRACE', 'true');
  }),
  mutation('untrusted callers are trusted: parents', 'untrusted-parent', (editor) => {
    editor.setVariable('TRUST_INCOMING_TRACE', 'true');
  }),
  mutation(
    'the application has its health check elsewhere, and 404 is not healthy',
    'refused',
    (editor) => {
      editor.setVariable('HEALTH_CHECK_PATH', '/health');
      editor.targetGroup.Matcher = { HttpCode: '200' };
    },
  ),
  mutation('health check path is a comma-separated list', 'logs-quiet', (editor) => {
    editor.setVariable('HEALTH_CHECK_PATH', '/livez,/readyz');
  }),
  mutation(
    'load balancer checks another path',
    'health-checks-untraced',
    ({ targetGroup }) => (targetGroup.HealthCheckPath = '/health'),
  ),
  mutation('load balancer sends to another port', 'application-starts', (editor) => {
    editor.setVariable('PORT', '4568');
  }),
  mutation(
    'container health check uses curl',
    'health-checks-pass',
    ({ application }) =>
      (application.HealthCheck.Command = [
        'CMD-SHELL',
        'curl -f http://localhost:4567/api/health-check || exit 1',
      ]),
  ),
  mutation('too little memory', 'memory', ({ application }) => (application.Memory = 32)),
  mutation('too little CPU', 'cpu', ({ application }) => (application.Cpu = 16)),
  mutation(
    'too little time to stop',
    'stop-answers',
    ({ application }) => (application.StopTimeout = 1),
  ),
];

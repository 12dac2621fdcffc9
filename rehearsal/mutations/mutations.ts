import type { TemplateEditor } from './template-editor';

/**
 * A mistake that people really make, and the promise that must break by it.
 */
export interface Mutation {
  readonly name: string;
  /** Id of the promise, or `refused` if reading or starting the template must fail. */
  readonly breaks: string;
  readonly apply: (editor: TemplateEditor) => void;
}

/**
 * All mutations. To add one, add an entry.
 */
export const MUTATIONS: readonly Mutation[] = [
  // sampling rules
  mutation('rule records everything: rate 1.0', 'xray-not-all', ({ rule }) => (rule.FixedRate = 1)),
  mutation('rate given in percent', 'refused', ({ rule }) => (rule.FixedRate = 10)),
  mutation('rule records nothing: rate 0, reservoir 0', 'xray-share', ({ rule }) =>
    Object.assign(rule, { FixedRate: 0, ReservoirSize: 0 }),
  ),
  mutation('rule for another service', 'xray-rule', ({ rule }) => (rule.ServiceName = 'backend')),
  mutation('rule for another host', 'xray-rule', ({ rule }) => (rule.Host = 'localhost')),
  mutation('rule for another method', 'xray-rule', ({ rule }) => (rule.HTTPMethod = 'POST')),
  mutation('rule with attributes, which the SDK ignores', 'xray-rule', ({ rule }) =>
    Object.assign(rule, { Attributes: { stage: 'prod' } }),
  ),
  mutation('rule for a resource, which the SDK ignores', 'xray-rule', ({ rule }) =>
    Object.assign(rule, { ResourceARN: 'arn:aws:ecs:*:*:cluster/cruddur' }),
  ),
  mutation('rule of version 2', 'refused', ({ rule }) => (rule.Version = 2)),
  mutation('rule named Default', 'refused', ({ rule }) => (rule.RuleName = 'Default')),
  mutation('rule name too long', 'refused', ({ rule }) => (rule.RuleName = 'Cruddur'.repeat(5))),
  mutation(
    'two rules of one priority',
    'refused',
    ({ rule, healthRule }) => (healthRule.Priority = rule.Priority),
  ),
  mutation(
    'priorities swapped: the health rule comes second',
    'health-rule',
    ({ rule, healthRule }) =>
      ([rule.Priority, healthRule.Priority] = [healthRule.Priority, rule.Priority]),
  ),
  mutation(
    'health rule with a comma list of paths',
    'health-rule',
    ({ healthRule }) => (healthRule.URLPath = '/livez,/readyz'),
  ),
  mutation(
    'health rule keeps a reservoir',
    'health-rule',
    ({ healthRule }) => (healthRule.ReservoirSize = 1),
  ),

  // the group
  mutation('no group', 'group-filter', (editor) => {
    editor.removeAll('AWS::XRay::Group');
  }),
  mutation(
    'filter for another service',
    'group-filter',
    ({ group }) => (group.FilterExpression = 'service("backend")'),
  ),
  mutation(
    'filter with a wildcard',
    'group-filter',
    ({ group }) => (group.FilterExpression = 'service("backend-*")'),
  ),
  mutation(
    'filter leaves errors out',
    'group-filter',
    ({ group }) => (group.FilterExpression = 'service("backend-flask") AND ok'),
  ),
  mutation(
    'filter without quotes',
    'refused',
    ({ group }) => (group.FilterExpression = 'service(backend-flask)'),
  ),

  // names
  mutation('segments named otherwise', 'xray-service', (editor) => {
    editor.setVariable('AWS_XRAY_TRACING_NAME', 'Cruddur');
  }),
  mutation('segments named after the host', 'xray-service', (editor) => {
    editor.setVariable('AWS_XRAY_URL', '*cruddur.com*');
  }),
  mutation('spans named otherwise', 'honeycomb-service', (editor) => {
    editor.setVariable('OTEL_SERVICE_NAME', 'Cruddur');
  }),

  // the daemon
  mutation(
    'daemon listens on another port',
    'xray-share',
    ({ daemon }) =>
      (daemon.Command = daemon.Command.concat('-b', '127.0.0.1:2001', '-t', '127.0.0.1:2001')),
  ),
  mutation('daemon looked for under its compose name', 'xray-share', (editor) => {
    editor.setVariable('AWS_XRAY_DAEMON_ADDRESS', 'xray-daemon:2000');
  }),
  mutation('daemon address is a URL', 'logs-quiet', (editor) => {
    editor.setVariable('AWS_XRAY_DAEMON_ADDRESS', 'http://127.0.0.1:2000');
  }),
  mutation('daemon without a region', 'containers-run', (editor) => {
    editor.daemon.Command = ['-o'];
    editor.setVariable('AWS_REGION', undefined, editor.daemon);
  }),
  mutation(
    'daemon in another region',
    'xray-documents',
    ({ daemon }) => (daemon.Command = daemon.Command.concat('-n', 'us-east-1')),
  ),
  mutation("the seed's compose command", 'containers-run', (editor) => {
    editor.daemon.Command = ['xray -o -b xray-daemon:2000'];
    editor.setVariable('AWS_REGION', undefined, editor.daemon);
  }),
  mutation(
    'daemon with too little buffer',
    'containers-run',
    ({ daemon }) => (daemon.Command = daemon.Command.concat('-m', '2')),
  ),
  mutation('daemon is essential', 'daemon-optional', ({ daemon }) => (daemon.Essential = true)),
  mutation(
    'daemon is not restarted',
    'daemon-optional',
    ({ daemon }) => (daemon.RestartPolicy.Enabled = false),
  ),
  mutation(
    'application waits for a health check the daemon has not',
    'refused',
    ({ application }) => {
      application.DependsOn.forEach((item) => (item.Condition = 'HEALTHY'));
    },
  ),

  // roles
  mutation('role may not write segments', 'role-suffices', (editor) => {
    allowAllBut(editor, 'xray:PutTraceSegments');
  }),
  mutation('role may not read sampling rules', 'role-suffices', (editor) => {
    allowAllBut(editor, 'xray:GetSamplingRules');
  }),
  mutation('role may not read sampling targets', 'role-suffices', (editor) => {
    allowAllBut(editor, 'xray:GetSamplingTargets');
  }),
  mutation(
    'actions on the execution role',
    'role-suffices',
    ({ taskPolicy, executionPolicy }) => (taskPolicy.Roles = executionPolicy.Roles),
  ),
  mutation('actions on one resource', 'role-suffices', ({ taskPolicy }) => {
    taskPolicy.PolicyDocument.Statement.forEach(
      (item) => (item.Resource = 'arn:aws:xray:*:*:group/*'),
    );
  }),
  mutation('a Deny beside the Allow', 'role-suffices', ({ taskPolicy }) =>
    taskPolicy.PolicyDocument.Statement.push({
      Effect: 'Deny',
      Action: 'xray:Put*',
      Resource: '*',
    }),
  ),
  mutation(
    'EC2 may take the role, tasks may not',
    'role-suffices',
    (editor) => (editor.taskRoleTrust().Principal.Service = 'ec2.amazonaws.com'),
  ),
  mutation('an action too many', 'role-minimal', ({ taskPolicy }) =>
    taskPolicy.PolicyDocument.Statement.push({
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: '*',
    }),
  ),
  mutation('every action of X-Ray', 'role-minimal', ({ taskPolicy }) =>
    taskPolicy.PolicyDocument.Statement.push({ Effect: 'Allow', Action: 'xray:*', Resource: '*' }),
  ),

  // the key
  mutation('no secret', 'refused', ({ application }) => (application.Secrets = [])),
  mutation('secret under another name', 'honeycomb-key', ({ application }) => {
    application.Secrets.forEach((item) => (item.Name = 'HONEYCOMB_KEY'));
  }),
  mutation('secret from another parameter', 'refused', ({ application }) => {
    application.Secrets.forEach((item) => (item.ValueFrom = '/cruddur/HONEYCOMB_API_KEY'));
  }),
  mutation(
    'execution role may not read the parameter',
    'refused',
    ({ executionPolicy }) =>
      (executionPolicy.PolicyDocument.Statement = executionPolicy.PolicyDocument.Statement.filter(
        ({ Action }) => !Action.includes('ssm:GetParameters'),
      )),
  ),
  mutation('key as a plain variable too', 'key-path', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_HEADERS', {
      'Fn::Sub': 'x-honeycomb-team=${HoneycombApiKey}',
    });
  }),
  mutation('key as a variable and a secret of one name', 'refused', (editor) => {
    editor.setVariable('HONEYCOMB_API_KEY', { Ref: 'HoneycombApiKey' });
  }),
  mutation(
    'parameter without NoEcho',
    'key-path',
    ({ keyParameter }) => (keyParameter.NoEcho = false),
  ),
  mutation(
    'parameter with a default',
    'key-path',
    ({ keyParameter }) => (keyParameter.Default = 'hcaik_literal'),
  ),
  mutation('key is a literal', 'key-path', ({ parameter }) => (parameter.Value = 'hcaik_literal')),
  mutation('key in an output', 'key-path', ({ template }) =>
    Object.assign(template.Outputs ?? {}, { Key: { Value: { Ref: 'HoneycombApiKey' } } }),
  ),

  // where spans go
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
  mutation('endpoint without https://', 'refused', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_ENDPOINT', 'api.honeycomb.io:443');
  }),
  mutation('no endpoint', 'refused', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_ENDPOINT', undefined);
  }),

  // the application's switches
  mutation('console exporter on', 'logs-quiet', (editor) => {
    editor.setVariable('OTEL_TRACES_EXPORTER', 'otlp,console');
  }),
  mutation('OpenTelemetry off', 'honeycomb-complete', (editor) => {
    editor.setVariable('OTEL_SDK_DISABLED', 'true');
  }),
  mutation('Honeycomb gets one trace in ten', 'honeycomb-complete', (editor) => {
    editor.setVariable('OTEL_TRACES_SAMPLER', 'traceidratio');
    editor.setVariable('OTEL_TRACES_SAMPLER_ARG', '0.1');
  }),
  mutation('X-Ray off', 'xray-share', (editor) => {
    editor.setVariable('AWS_XRAY_SDK_ENABLED', 'false');
  }),
  mutation('strangers are trusted: sampling', 'no-forced-sampling', (editor) => {
    editor.setVariable('TRUST_INCOMING_TRACE', 'true');
  }),
  mutation('strangers are trusted: parents', 'no-strange-parent', (editor) => {
    editor.setVariable('TRUST_INCOMING_TRACE', 'true');
  }),

  // health checks and limits
  mutation('health checks are not excluded', 'no-health-check', (editor) => {
    editor.setVariable('OTEL_PYTHON_FLASK_EXCLUDED_URLS', '/livez,/readyz');
  }),
  mutation('health check path is a comma list', 'logs-quiet', (editor) => {
    editor.setVariable('HEALTH_CHECK_PATH', '/livez,/readyz');
  }),
  mutation(
    'load balancer checks another path',
    'health-checks-pass',
    ({ targetGroup }) => (targetGroup.HealthCheckPath = '/health'),
  ),
  mutation('load balancer sends to another port', 'refused', (editor) => {
    editor.setVariable('PORT', '4568');
  }),
  mutation(
    'container is checked with curl',
    'health-checks-pass',
    ({ application }) =>
      (application.HealthCheck.Command = [
        'CMD-SHELL',
        'curl -f http://localhost:4567/api/health-check || exit 1',
      ]),
  ),
  mutation(
    'containers need more memory than the task has',
    'refused',
    ({ application }) => (application.Memory = 768),
  ),
  mutation('too little memory', 'memory', ({ application }) => (application.Memory = 32)),
  mutation('too little processor', 'cpu', ({ application }) => (application.Cpu = 16)),
  mutation(
    'too little time to stop',
    'stop-answers',
    ({ application }) => (application.StopTimeout = 1),
  ),
];

function mutation(
  name: string,
  breaks: string,
  apply: (editor: TemplateEditor) => unknown,
): Mutation {
  return { name, breaks, apply };
}

function allowAllBut({ taskPolicy }: TemplateEditor, action: string): void {
  for (const statement of taskPolicy.PolicyDocument.Statement) {
    statement.Action = [statement.Action].flat().filter((item) => item !== action);
  }
}

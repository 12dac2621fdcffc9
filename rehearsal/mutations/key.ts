import { type Mutation, mutation } from './mutation';

export const KEY_MUTATIONS: readonly Mutation[] = [
  mutation('no secret', 'refused', ({ application }) => (application.Secrets = [])),
  mutation('secret under another name', 'honeycomb-key', ({ application }) => {
    application.Secrets.forEach((item) => (item.Name = 'HONEYCOMB_KEY'));
  }),
  mutation('secret from another parameter', 'execution-role', ({ application }) => {
    application.Secrets.forEach((item) => (item.ValueFrom = '/cruddur/HONEYCOMB_API_KEY'));
  }),
  mutation(
    'execution role may not read the parameter',
    'execution-role',
    ({ executionPolicy }) =>
      (executionPolicy.PolicyDocument.Statement = executionPolicy.PolicyDocument.Statement.filter(
        ({ Action }) => !Action.includes('ssm:GetParameters'),
      )),
  ),
  mutation('key also in a plain variable', 'key-path', (editor) => {
    editor.setVariable('OTEL_EXPORTER_OTLP_HEADERS', {
      'Fn::Sub': 'x-honeycomb-team=${HoneycombApiKey}',
    });
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
  mutation(
    'key is a literal in the template',
    'key-path',
    ({ parameter }) => (parameter.Value = 'hcaik_literal'),
  ),
  mutation('key in an output', 'key-path', ({ template }) =>
    Object.assign(template.Outputs ?? {}, { Key: { Value: { Ref: 'HoneycombApiKey' } } }),
  ),
];

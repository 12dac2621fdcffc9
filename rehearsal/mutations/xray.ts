import { type Mutation, mutation } from './mutation';

/** Sampling rules, the group, and the names of segments and spans. */
export const XRAY_MUTATIONS: readonly Mutation[] = [
  mutation(
    'rule records everything: rate 1',
    'sampling-below-all',
    ({ rule }) => (rule.FixedRate = 1),
  ),
  mutation('rate in percent', 'rules-cover', ({ rule }) => (rule.FixedRate = 10)),
  mutation('rule records nothing: rate 0, reservoir 0', 'sampling-rate', ({ rule }) =>
    Object.assign(rule, { FixedRate: 0, ReservoirSize: 0 }),
  ),
  mutation(
    'rule for another service',
    'sampling-rule',
    ({ rule }) => (rule.ServiceName = 'backend'),
  ),
  mutation('rule for another host', 'rules-cover', ({ rule }) => (rule.Host = 'localhost')),
  mutation('rule with attributes, which the SDK ignores', 'rules-cover', ({ rule }) =>
    Object.assign(rule, { Attributes: { stage: 'prod' } }),
  ),
  mutation('rule with a resource, which the SDK ignores', 'rules-cover', ({ rule }) =>
    Object.assign(rule, { ResourceARN: 'arn:aws:ecs:*:*:cluster/cruddur' }),
  ),
  mutation('rule of version 2', 'rules-cover', ({ rule }) => (rule.Version = 2)),
  mutation('rule named Default', 'rules-cover', ({ rule }) => (rule.RuleName = 'Default')),
  mutation(
    'rule name too long',
    'rules-cover',
    ({ rule }) => (rule.RuleName = 'Cruddur'.repeat(5)),
  ),
  mutation(
    'priorities swapped: the health rule comes second',
    'health-rule',
    ({ rule, healthRule }) =>
      ([rule.Priority, healthRule.Priority] = [healthRule.Priority, rule.Priority]),
  ),
  mutation(
    'health rule with a comma-separated list of paths',
    'health-rule',
    ({ healthRule }) => (healthRule.URLPath = '/livez,/readyz'),
  ),
  mutation(
    'health rule keeps a reservoir',
    'health-rule',
    ({ healthRule }) => (healthRule.ReservoirSize = 1),
  ),
  mutation('no group', 'group-covers', (editor) => {
    editor.removeAll('AWS::XRay::Group');
  }),
  mutation(
    'filter for another service',
    'group-filter',
    ({ group }) => (group.FilterExpression = 'service("backend")'),
  ),
  mutation(
    'filter with a wildcard',
    'group-covers',
    ({ group }) => (group.FilterExpression = 'service("backend-*")'),
  ),
  mutation(
    'filter excludes errors',
    'group-covers',
    ({ group }) => (group.FilterExpression = 'service("backend-flask") AND ok'),
  ),
  ...['!fault', 'responsetime < 5', 'http.method = "GET"'].map((condition) =>
    mutation(
      `filter also demands ${condition}`,
      'group-covers',
      ({ group }) => (group.FilterExpression = `service("backend-flask") AND ${condition}`),
    ),
  ),
  mutation('segments with another name', 'application-starts', (editor) => {
    editor.setVariable('AWS_XRAY_TRACING_NAME', 'Cruddur');
  }),
  mutation('segments named after the host', 'xray-service', (editor) => {
    editor.setVariable('AWS_XRAY_URL', '*cruddur.com*');
  }),
  mutation('spans with another name', 'honeycomb-service', (editor) => {
    editor.setVariable('OTEL_SERVICE_NAME', 'Cruddur');
  }),
];

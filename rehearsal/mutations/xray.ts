import { type Mutation, mutation } from './mutation';

/** Sampling rules, the group, and the names of segments and spans. */
export const XRAY_MUTATIONS: readonly Mutation[] = [
  mutation(
    'rule records everything: rate 1',
    'sampling-below-all',
    ({ rule }) => (rule.FixedRate = 1),
  ),
  mutation('rate in percent', 'refused', ({ rule }) => (rule.FixedRate = 10)),
  mutation('rule records nothing: rate 0, reservoir 0', 'sampling-rate', ({ rule }) =>
    Object.assign(rule, { FixedRate: 0, ReservoirSize: 0 }),
  ),
  mutation(
    'rule for another service',
    'sampling-rule',
    ({ rule }) => (rule.ServiceName = 'backend'),
  ),
  mutation('rule for another host', 'sampling-rule', ({ rule }) => (rule.Host = 'localhost')),
  mutation('rule for another method', 'sampling-rule', ({ rule }) => (rule.HTTPMethod = 'POST')),
  mutation('rule with attributes, which the SDK ignores', 'sampling-rule', ({ rule }) =>
    Object.assign(rule, { Attributes: { stage: 'prod' } }),
  ),
  mutation('rule with a resource, which the SDK ignores', 'sampling-rule', ({ rule }) =>
    Object.assign(rule, { ResourceARN: 'arn:aws:ecs:*:*:cluster/cruddur' }),
  ),
  mutation('rule of version 2', 'refused', ({ rule }) => (rule.Version = 2)),
  mutation('rule named Default', 'refused', ({ rule }) => (rule.RuleName = 'Default')),
  mutation('rule name too long', 'refused', ({ rule }) => (rule.RuleName = 'Cruddur'.repeat(5))),
  mutation(
    'two rules with the same priority',
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
    'health rule with a comma-separated list of paths',
    'health-rule',
    ({ healthRule }) => (healthRule.URLPath = '/livez,/readyz'),
  ),
  mutation(
    'health rule keeps a reservoir',
    'health-rule',
    ({ healthRule }) => (healthRule.ReservoirSize = 1),
  ),
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
    'filter excludes errors',
    'group-filter',
    ({ group }) => (group.FilterExpression = 'service("backend-flask") AND ok'),
  ),
  mutation(
    'filter without quotes',
    'refused',
    ({ group }) => (group.FilterExpression = 'service(backend-flask)'),
  ),
  mutation('segments with another name', 'xray-service', (editor) => {
    editor.setVariable('AWS_XRAY_TRACING_NAME', 'Cruddur');
  }),
  mutation('segments named after the host', 'xray-service', (editor) => {
    editor.setVariable('AWS_XRAY_URL', '*cruddur.com*');
  }),
  mutation('spans with another name', 'honeycomb-service', (editor) => {
    editor.setVariable('OTEL_SERVICE_NAME', 'Cruddur');
  }),
];

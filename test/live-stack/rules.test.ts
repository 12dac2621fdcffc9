import { Change, type Template } from './change';
import { RULES } from './rules';
import { synthesize, type Values } from './synthesize';

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };
type Edit = (template: Mutable<Template>) => unknown;

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';

/** The properties, of whatever type, that are edited here. */
interface Properties {
  GroupName: string;
  Name: string;
  PolicyDocument: { Statement: { Action: string | string[] }[] };
  Port: number;
  SamplingRule: { RuleName: string };
  Scheme: string;
  SecurityGroupIngress: unknown[];
  Subnets: unknown[];
}

function all({ Resources }: Mutable<Template>, type: string): Properties[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === `AWS::${type}`)
    .map((resource) => resource.Properties as unknown as Properties);
}

/** The template with another logical id for the first resource of a type. */
function reidentified(template: Mutable<Template>, type: string, replacement: string): void {
  const [id = ''] =
    Object.entries(template.Resources).find(([, { Type }]) => Type === `AWS::${type}`) ?? [];
  const text = JSON.stringify(template.Resources).replaceAll(`"${id}"`, `"${replacement}"`);
  template.Resources = JSON.parse(text) as Mutable<Template['Resources']>;
}

/** For each rule, changes that break it. */
const BREACHES: readonly [rule: string, edit: Edit, values?: Values][] = [
  ...[
    'ElasticLoadBalancingV2::Listener',
    'XRay::Group',
    'XRay::SamplingRule',
    'SSM::Parameter',
    'EC2::SecurityGroupIngress',
  ].map((type): [string, Edit] => [
    'a resource is created where another one still is',
    (template) => {
      reidentified(template, type, 'Another');
    },
  ]),
  [
    'X-Ray has to rename',
    (template) => all(template, 'XRay::Group').map((group) => (group.GroupName = 'Other')),
  ],
  [
    'X-Ray has to rename',
    (template) =>
      all(template, 'XRay::SamplingRule').map(({ SamplingRule }) => (SamplingRule.RuleName += 'X')),
  ],
  [
    'the load balancer gets another address',
    (template) =>
      all(template, 'ElasticLoadBalancingV2::LoadBalancer').map(
        (loadBalancer) => (loadBalancer.Scheme = 'internal'),
      ),
  ],
  [
    'the load balancer moves to other subnets',
    (template) =>
      all(template, 'ElasticLoadBalancingV2::LoadBalancer').map(
        (loadBalancer) => (loadBalancer.Subnets = ['subnet-1']),
      ),
  ],
  [
    'a port is closed that requests come through',
    (template) =>
      all(template, 'EC2::SecurityGroup').map((group) => (group.SecurityGroupIngress = [])),
  ],
  [
    'requests go to a target group that has no targets yet',
    (template) =>
      all(template, 'ElasticLoadBalancingV2::TargetGroup').map(
        (targetGroup) => (targetGroup.Port = 8080),
      ),
  ],
  [
    'requests are redirected to a port before it listens',
    (template) => {
      for (const resource of Object.values(template.Resources)) {
        delete resource.DependsOn;
      }
    },
    { certificateArn },
  ],
  [
    'running tasks are checked at a path that they may not serve',
    (template) =>
      all(template, 'ElasticLoadBalancingV2::TargetGroup').map((targetGroup) =>
        Object.assign(targetGroup, { HealthCheckPath: '/up', Matcher: { HttpCode: '200' } }),
      ),
  ],
  [
    'new tasks use what is deleted',
    (template) => {
      const [name] = all(template, 'SSM::Parameter').map(({ Name }) => JSON.stringify(Name));
      const others = Object.entries(template.Resources).filter(
        ([, { Type }]) => Type !== 'AWS::SSM::Parameter',
      );
      const text = JSON.stringify(Object.fromEntries(others));
      template.Resources = JSON.parse(
        text.replace(/\{"Ref":"HoneycombApiKeyParameter\w+"\}/g, name ?? ''),
      ) as Mutable<Template['Resources']>;
    },
  ],
  [
    'running tasks lose a permission',
    (template) =>
      all(template, 'IAM::Policy').map(({ PolicyDocument: { Statement } }) => {
        const actions = Statement[0]?.Action;
        return Array.isArray(actions) && actions.pop();
      }),
  ],
];

test('every rule can be broken', () => {
  expect(new Set(BREACHES.map(([rule]) => rule))).toEqual(new Set(Object.keys(RULES)));
});

test.each(BREACHES)('a breach is found: %s', (rule, edit, values = {}) => {
  const after = structuredClone(synthesize(values)) as Mutable<Template>;
  edit(after);

  expect(RULES[rule]?.(new Change(synthesize({}), after))).not.toEqual([]);
});

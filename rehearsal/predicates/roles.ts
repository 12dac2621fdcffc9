import { Refusal } from '../refusal';
import { mayDo, readRole, type Role } from '../template/iam';
import { SECRET_SUFFIX } from '../template/resolver';
import { type Graph, NotKnown, type Part, type Predicates } from './graph';
import { pullsOf } from './task/images';
import { containersOf, T, taskOf } from './parts';

const TRACING = ['xray:PutTraceSegments', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];

type Permission = readonly [action: string, resource: string];

function allows(role: Role, permissions: readonly Permission[]): boolean {
  const decisions = permissions.map(([action, resource]) => mayDo(role, action, resource));
  if (!decisions.includes(false) && decisions.includes(undefined)) {
    throw new NotKnown(`${role.id} has a condition or a policy that only AWS knows`);
  }
  return !decisions.includes(false);
}

function assumes(service: string, { id, isAssumedBy }: Role): boolean {
  const isAssumed = isAssumedBy(service);
  if (isAssumed === undefined) {
    throw new NotKnown(`the trust of ${id} has a condition that only AWS knows`);
  }
  return isAssumed;
}

function roleOf(graph: Graph, property: 'ExecutionRoleArn' | 'TaskRoleArn'): Role {
  return roleAt(graph, taskOf(graph).get(property));
}

function roleAt(graph: Graph, arn: unknown): Role {
  const role = graph.find(T.role, arn);
  if (!role) {
    throw new Refusal('there is no role');
  }
  return roleIn(graph, role.id);
}

function roleIn(graph: Graph, id: string): Role {
  const role = readRole(graph.resources, id, graph.place);
  role.policies.forEach((policy) => graph.looked.add(policy));
  return role;
}

const execution = (graph: Graph, permissions: readonly Permission[]) =>
  allows(roleOf(graph, 'ExecutionRoleArn'), permissions);

/** What reading a secret needs, for a parameter or a secret in the stack's own account and region. */
function readOf(secret: Part, { place: { account, region } }: Graph): Permission | undefined {
  const from = secret.text('ValueFrom');
  const arn = from.startsWith('arn:')
    ? from
    : `arn:aws:ssm:${region}:${account}:parameter/${from.replace(/^\//, '')}`;
  const [, , service, ...place] = arn.split(':');
  if (place[0] !== region || place[1] !== account) {
    return undefined;
  }
  const action = { ssm: 'ssm:GetParameters', secretsmanager: 'secretsmanager:GetSecretValue' }[
    service ?? ''
  ];
  // a secret's ARN may name a key in it, and leave out the suffix
  const resource = arn.split(':').slice(0, 7).join(':');
  const suffix = service === 'secretsmanager' && !/-\w{6}$/.test(resource) ? SECRET_SUFFIX : '';
  return action === undefined ? undefined : [action, resource + suffix];
}

/** The SSM parameters of the template that a container reads. */
export function parametersOf(graph: Graph): Part[] {
  const read = containersOf(graph)
    .flatMap((container) => container.parts('Secrets'))
    .map((secret) => secret.text('ValueFrom'));
  return graph
    .ofType('AWS::SSM::Parameter')
    .filter((part) => read.some((from) => from.endsWith(part.text('Name', '?'))));
}

/** Whether a role is one that a service may assume, and that has a permission. */
export function lets(graph: Graph, service: string, roleArn: unknown, ...permission: Permission) {
  const role = roleAt(graph, roleArn);
  return assumes(service, role) && allows(role, [permission]);
}

/** Predicates of facts.md. */
export const ROLES_PREDICATES: Predicates = {
  'be readable by the execution role': (container, _, graph) =>
    execution(graph, pullsOf(container)),
  'be in this account and region, and readable by the execution role': (
    container,
    property,
    graph,
  ) => {
    const reads = container.parts(property).map((secret) => readOf(secret, graph));
    return (
      !reads.includes(undefined) &&
      execution(
        graph,
        reads.filter((read) => read !== undefined),
      )
    );
  },
  'be writable by the execution role': (container, property, graph) => {
    const group = container.text(`${property}.Options.awslogs-group`);
    const { account, region } = graph.place;
    const arn = `arn:aws:logs:${region}:${account}:log-group:${group}:*`;
    const create =
      container.get(`${property}.Options.awslogs-create-group`) === 'true'
        ? ['logs:CreateLogGroup']
        : [];
    return (
      container.get(property) === undefined ||
      execution(
        graph,
        ['logs:CreateLogStream', 'logs:PutLogEvents', ...create].map(
          (action) => [action, arn] as const,
        ),
      )
    );
  },
  'let the tasks of ECS assume the role': (part, _, graph) =>
    assumes('ecs-tasks', roleIn(graph, part.id)),
  'accept a key': (part, property) => new RegExp(part.text(property)).test('a'.repeat(32)),
  'be a role that may write segments and read rules': (_, __, graph) =>
    allows(
      roleOf(graph, 'TaskRoleArn'),
      TRACING.map((action) => [action, '*']),
    ),
};

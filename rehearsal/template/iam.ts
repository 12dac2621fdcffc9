import { z } from 'zod';
import { matchesWildcard } from '../xray/wildcard';
import { idsOfType, readResource, type Resources } from './resources';

/** Where the stack is deployed. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * A resolved policy statement.
 */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whether it applies to all but the actions or the resources. */
  readonly allBut?: { readonly actions: boolean; readonly resources: boolean };
  /** Whether it has a condition that only AWS can evaluate. */
  readonly isConditional?: boolean;
}

/** A role of the task, with all its statements. */
export interface Role {
  readonly id: string;
  readonly statements: readonly Statement[];
  /** Whether a service, such as `ecs-tasks`, may assume it; `undefined` if only AWS can decide. */
  readonly isAssumedBy: (service: string) => boolean | undefined;
  /** IDs of its policies in the template. */
  readonly policies: readonly string[];
  /** Statements of the permissions boundary, which must allow an action too; `undefined` without one. */
  readonly boundary?: readonly Statement[] | undefined;
}

const many = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const conditions = z.record(z.string(), z.record(z.string(), many)).default({});
const principals = z.union([
  z.literal('*').transform(() => ({ Service: ['*'], AWS: [] as string[] })),
  z.object({ Service: many.default([]), AWS: many.default([]) }),
]);

/** A document holds one statement or several. */
function documentOf<T>(statement: z.ZodType<T>) {
  const one = statement.transform((item) => [item]);
  return z.object({
    Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
    Statement: z.union([one, z.array(statement)]),
  });
}

const Effect = z.enum(['Allow', 'Deny']);
const permissions = documentOf(
  z
    .object({
      Effect,
      Action: many.optional(),
      NotAction: many.optional(),
      Resource: many.optional(),
      NotResource: many.optional(),
      Condition: conditions,
    })
    .refine((item) => item.Action ?? item.NotAction, 'a statement needs an Action')
    .refine((item) => item.Resource ?? item.NotResource, 'a statement needs a Resource'),
);
const trust = documentOf(
  z.object({
    Effect,
    Action: many,
    Principal: principals.optional(),
    NotPrincipal: principals.optional(),
    Condition: conditions,
  }),
);
const policySchema = z.object({
  PolicyDocument: permissions,
  Roles: z.array(z.string()).default([]),
});
const roleSchema = z.object({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: trust,
  Policies: z.array(policySchema).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.string().optional(),
});

const WRITE_TRACES = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];

const ofAll = (effect: Statement['effect'], ...actions: string[]): Statement[] => [
  { effect, actions, resources: ['*'] },
];

/** Statements of AWS managed policies, by the end of their ARN. */
const AWS_MANAGED: Readonly<Record<string, readonly Statement[]>> = {
  'service-role/AmazonECSTaskExecutionRolePolicy': ofAll(
    'Allow',
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  AdministratorAccess: ofAll('Allow', '*'),
  AmazonSSMReadOnlyAccess: ofAll('Allow', 'ssm:Describe*', 'ssm:Get*', 'ssm:List*'),
  AWSDenyAll: ofAll('Deny', '*'),
  AWSXRayDaemonWriteAccess: ofAll('Allow', ...WRITE_TRACES),
  AWSXrayFullAccess: ofAll('Allow', 'xray:*'),
  AWSXrayReadOnlyAccess: ofAll('Allow', 'xray:BatchGet*', 'xray:Get*', 'xray:List*'),
  AWSXrayWriteOnlyAccess: ofAll('Allow', ...WRITE_TRACES),
};

/** Statements of a policy outside the template, which may allow or deny anything. */
const UNKNOWN: readonly Statement[] = (['Allow', 'Deny'] as const).map((effect) => ({
  effect,
  actions: [],
  resources: ['*'],
  allBut: { actions: true, resources: false },
  isConditional: true,
}));

/** Reads a role. Of one that is not in the template, nothing is known. */
export function readRole(resources: Resources, arn: string, place: Place): Role {
  const id = arn.split(':').at(-1) ?? '';
  if (!(id in resources)) {
    return { id, statements: UNKNOWN, isAssumedBy: () => undefined, policies: [] };
  }
  const role = readResource(roleSchema, resources, id);
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy']
    .flatMap((type) => idsOfType(resources, type))
    .filter((policyId) => {
      const { Roles, RoleName } = resources[policyId]?.Properties ?? {};
      return [Roles, RoleName].flat().includes(role.RoleName ?? id);
    });
  const policies = [...new Set([...role.ManagedPolicyArns, ...attached])];
  const boundaries = role.PermissionsBoundary === undefined ? [] : [role.PermissionsBoundary];
  const statementsIn = (policy: string) =>
    policy in resources
      ? statementsOf(readResource(policySchema, resources, policy), place)
      : (AWS_MANAGED[policy.replace(/^.*:policy\//, '')] ?? UNKNOWN);
  return {
    id,
    statements: [
      ...role.Policies.flatMap((policy) => statementsOf(policy, place)),
      ...policies.flatMap(statementsIn),
    ],
    boundary: boundaries.map(statementsIn)[0],
    isAssumedBy: (service) => mayBeAssumed(role.AssumeRolePolicyDocument, service, place),
    policies: [...policies, ...boundaries].filter((policy) => policy in resources),
  };
}

function statementsOf({ PolicyDocument }: z.infer<typeof policySchema>, place: Place): Statement[] {
  return PolicyDocument.Statement.flatMap(({ Effect: effect, Condition, ...item }) => {
    const applies = meets(Condition, place);
    return applies === false
      ? []
      : {
          effect,
          actions: item.Action ?? item.NotAction ?? [],
          resources: item.Resource ?? item.NotResource ?? [],
          allBut: { actions: !item.Action, resources: !item.Resource },
          isConditional: applies === undefined,
        };
  });
}

function mayBeAssumed({ Statement: all }: z.infer<typeof trust>, service: string, place: Place) {
  const isOfService = ({ Service, AWS }: z.infer<typeof principals>) =>
    AWS.includes('*') || Service.some((name) => matchesWildcard(name, `${service}.amazonaws.com`));
  const effects = all
    .filter(
      ({ Action, Principal, NotPrincipal }) =>
        Action.some((pattern) => matchesWildcard(pattern, 'sts:AssumeRole')) &&
        (NotPrincipal === undefined
          ? Principal !== undefined && isOfService(Principal)
          : !isOfService(NotPrincipal)),
    )
    .map(({ Effect: effect, Condition }) => ({
      effect,
      applies: meets(Condition, place, service),
    }));
  return decide(effects);
}

/**
 * Evaluates a condition for a call from a service, by default from the task. Returns `undefined` if it needs a key that only
 * AWS knows.
 */
function meets(
  condition: z.infer<typeof conditions>,
  { account, region }: Place,
  service = 'ecs-tasks',
) {
  const known: Record<string, string> = {
    'aws:requestedregion': region,
    'aws:sourceaccount': account,
    'aws:principalaccount': account,
    'aws:resourceaccount': account,
    'aws:sourcearn': `arn:aws:${service.replace('-tasks', '')}:${region}:${account}:*`,
    'aws:securetransport': 'true',
  };
  const results = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, patterns]) => {
      const value = known[key.toLowerCase()];
      const kind = /^(?:For\w+:)?(String|Arn|Bool)(Not)?(?:Equals|Like)?/.exec(operator);
      if (value === undefined || !kind) {
        return undefined;
      }
      // a pattern may be narrower than the ARN's, which ends in a wildcard of ours
      const matches = patterns.some(
        (pattern) => matchesWildcard(pattern, value) || matchesWildcard(value, pattern),
      );
      return kind[2] === undefined ? matches : !matches;
    }),
  );
  return results.includes(false) ? false : results.includes(undefined) ? undefined : true;
}

/** A matching `Deny` wins, then any matching `Allow`; everything else is denied. */
function decide(matching: readonly { effect: string; applies: boolean | undefined }[]) {
  const of = (wanted: string) =>
    matching.filter(({ effect }) => effect === wanted).map(({ applies }) => applies);
  if (of('Deny').includes(true) || !of('Allow').some((applies) => applies !== false)) {
    return false;
  }
  return of('Deny').includes(undefined) || !of('Allow').includes(true) ? undefined : true;
}

/** Decides for a role, whose permissions boundary must allow what its policies allow. */
export function mayDo(
  { statements, boundary = ofAll('Allow', '*') }: Role,
  action: string,
  resource: string,
): boolean | undefined {
  const decisions = [statements, boundary].map((item) => isAllowed(item, action, resource));
  return decisions.includes(false) ? false : decisions.includes(undefined) ? undefined : true;
}

/**
 * Decides as IAM does for a role that has only identity policies. Returns `undefined` if only AWS
 * can decide.
 */
export function isAllowed(
  statements: readonly Statement[],
  action: string,
  resource: string,
): boolean | undefined {
  return decide(
    statements
      .filter(
        ({ actions, resources, allBut }) =>
          actions.some((item) => matchesWildcard(item.toLowerCase(), action.toLowerCase())) !==
            (allBut?.actions ?? false) &&
          resources.some((item) => matchesWildcard(item, resource)) !==
            (allBut?.resources ?? false),
      )
      .map(({ effect, isConditional }) => ({
        effect,
        applies: isConditional === true ? undefined : true,
      })),
  );
}

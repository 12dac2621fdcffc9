import { z } from 'zod';
import { Refusal } from '../refusal';
import { matchesWildcard } from '../sampling/wildcard';
import { idsOfType, readResource, type Resources } from './resources';

/**
 * A resolved policy statement.
 */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** A role of the task, with all its statements. */
export interface Role {
  readonly id: string;
  readonly statements: readonly Statement[];
  readonly assumedByTasks: boolean;
}

const many = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.strictObject({
        Sid: z.string().optional(),
        Effect: z.enum(['Allow', 'Deny']),
        Action: many,
        Resource: many,
      }),
    ),
  }),
  Roles: z.array(z.string()).default([]),
});
const roleSchema = z.object({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(policySchema).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});

export function readRole(resources: Resources, arn: string): Role {
  const id = arn.split(':').at(-1) ?? '';
  const role = readResource(roleSchema, resources, id);
  if (role.ManagedPolicyArns.length > 0) {
    throw new Refusal(
      `${id} has the managed policies ${role.ManagedPolicyArns.join(', ')}, whose statements are not in the template; add the statements to the role itself`,
    );
  }
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => idsOfType(resources, type))
    .map((policyId) => readResource(policySchema, resources, policyId))
    .filter(({ Roles }) => Roles.includes(role.RoleName ?? id));
  return {
    id,
    statements: [...role.Policies, ...attached].flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map(({ Effect, Action, Resource }) => ({
        effect: Effect,
        actions: Action,
        resources: Resource,
      })),
    ),
    assumedByTasks: JSON.stringify(role.AssumeRolePolicyDocument).includes(
      '"ecs-tasks.amazonaws.com"',
    ),
  };
}

/**
 * Decides as IAM does for a role that has only identity policies: a matching `Deny` wins, then any
 * matching `Allow`; everything else is denied.
 */
export function isAllowed(
  statements: readonly Statement[],
  action: string,
  resource: string,
): boolean {
  const effects = statements
    .filter(
      ({ actions, resources }) =>
        actions.some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())) &&
        resources.some((pattern) => matchesWildcard(pattern, resource)),
    )
    .map(({ effect }) => effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

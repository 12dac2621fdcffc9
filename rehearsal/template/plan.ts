import { z } from 'zod';
import type { Assembly } from './assembly';
import { isAllowed, type Statement } from './iam';
import { parseFilter } from './filter';
import { Refusal } from './refusal';
import type { Resource } from './resolver';
import { Resolver } from './resolver';
import type { SamplingRule } from '../checks/sampling';

/** An account for stacks that do not say theirs. */
const SOME_ACCOUNT = '111122223333';
/** A region that nobody takes for granted: one that is written down somewhere shows. */
const SOME_REGION = 'ap-southeast-2';

/** The variables that say where spans go. */
export const EXPORT_ENDPOINT = /^OTEL_EXPORTER_OTLP_(TRACES_)?ENDPOINT$/;

const count = z.coerce.number().int().nonnegative();

const containerSchema = z.object({
  Name: z.string(),
  Image: z.string(),
  Essential: z.boolean().default(true),
  EntryPoint: z.array(z.string()).optional(),
  Command: z.array(z.string()).optional(),
  Environment: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  Secrets: z.array(z.object({ Name: z.string(), ValueFrom: z.string() })).default([]),
  PortMappings: z.array(z.object({ ContainerPort: count })).default([]),
  DependsOn: z
    .array(
      z.object({
        ContainerName: z.string(),
        Condition: z.enum(['START', 'HEALTHY', 'COMPLETE', 'SUCCESS']),
      }),
    )
    .default([]),
  HealthCheck: z.object({ Command: z.array(z.string()), Timeout: count.default(5) }).optional(),
  RestartPolicy: z.object({ Enabled: z.boolean() }).default({ Enabled: false }),
  StopTimeout: count.default(30),
  Cpu: count.optional(),
  Memory: count.optional(),
  MemoryReservation: count.optional(),
  LogConfiguration: z.object({ Options: z.record(z.string(), z.string()).default({}) }).optional(),
});

/** A container of the task definition, in CloudFormation's own words. */
export type Container = z.infer<typeof containerSchema>;

const taskSchema = z.object({
  Cpu: count,
  Memory: count,
  TaskRoleArn: z.string(),
  ExecutionRoleArn: z.string(),
  ContainerDefinitions: z.array(containerSchema).min(1),
});

const serviceSchema = z.object({
  LoadBalancers: z
    .array(
      z.object({ ContainerName: z.string(), ContainerPort: count, TargetGroupArn: z.string() }),
    )
    .min(1),
});

const targetGroupSchema = z.object({
  HealthCheckPath: z.string().default('/'),
  Matcher: z.object({ HttpCode: z.string() }).default({ HttpCode: '200' }),
});

const name = z.string().regex(/^[A-Za-z0-9-]{1,32}$/, 'must be 1 to 32 letters, digits, dashes');
const matcher = (longest: number) => z.string().min(1).max(longest).default('*');

/** X-Ray's published limits: CloudFormation accepts more than X-Ray does. */
const ruleSchema = z.object({
  SamplingRule: z.object({
    RuleName: z
      .string()
      .min(1)
      .max(32)
      .refine((text) => text !== 'Default', '"Default" is reserved'),
    Version: z.coerce
      .number()
      .refine((version) => version === 1, 'must be 1: X-Ray refuses others'),
    Priority: z.coerce.number().int().min(1).max(9999),
    FixedRate: z.coerce.number().min(0).max(1),
    ReservoirSize: count,
    ServiceName: matcher(64),
    ServiceType: matcher(64),
    Host: matcher(64),
    HTTPMethod: matcher(10),
    URLPath: matcher(128),
    ResourceARN: matcher(500),
    Attributes: z.record(z.string(), z.string()).default({}),
  }),
});

const groupSchema = z.object({
  GroupName: name.refine((text) => text !== 'Default', '"Default" is reserved'),
  FilterExpression: z.string(),
});

/** A group of traces. */
export type Group = z.infer<typeof groupSchema>;

const many = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const document = z.object({
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: many,
      Resource: many,
    }),
  ),
});
const policySchema = z.object({ PolicyDocument: document, Roles: z.array(z.string()).default([]) });
const roleSchema = z.object({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(policySchema).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});

/** A role of the task, with all its statements. */
export interface Role {
  readonly id: string;
  readonly statements: readonly Statement[];
  readonly assumedByTasks: boolean;
}

/** How the Honeycomb key comes into the application's environment. */
export interface KeyPath {
  readonly variable: string;
  readonly parameterName: string;
  readonly parameterArn: string;
  /** Whether the template itself declares the parameter, or an operator makes it. */
  readonly declared: boolean;
  /** Problems of the way that the value takes through the template. */
  readonly problems: readonly string[];
}

/**
 * All that the rehearsal runs and checks, taken from the template and from nothing else.
 */
export interface Plan {
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  readonly task: { readonly cpuUnits: number; readonly memoryMiB: number };
  readonly containers: readonly Container[];
  readonly application: Container;
  /** The directory that the application's image is built from. */
  readonly applicationContext: string;
  readonly daemon: Container;
  /** The port of the application that the load balancer sends requests to. */
  readonly targetPort: number;
  readonly healthCheck: { readonly path: string; readonly codes: string };
  readonly rules: readonly SamplingRule[];
  readonly groups: readonly Group[];
  readonly taskRole: Role;
  readonly keyPath: KeyPath;
}

/**
 * Reads the plan out of an assembly.
 *
 * @param key the value that an operator would give for the Honeycomb key
 */
export function readPlan(assembly: Assembly, key: string): Plan {
  const { template, stackName } = assembly;
  const account = assembly.account ?? SOME_ACCOUNT;
  const region = assembly.region ?? SOME_REGION;
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {})
      .filter(([, { Default }]) => Default === undefined)
      .map(([id]) => [id, key]),
  );
  const resolver = new Resolver(template, { stackName, account, region, parameters });
  const resources = resolver.resources();

  const [taskId] = idsOf(resources, 'AWS::ECS::TaskDefinition', 1);
  const task = read(taskSchema, resources, taskId);
  const containers = task.ContainerDefinitions;
  checkTask(task, taskId);

  const [serviceId] = idsOf(resources, 'AWS::ECS::Service', 1);
  const balanced = read(serviceSchema, resources, serviceId).LoadBalancers[0];
  const application = containers.find((container) => container.Name === balanced?.ContainerName);
  if (!application || !balanced) {
    throw new Refusal(
      `${serviceId} balances the load over container "${balanced?.ContainerName ?? ''}", which the task does not have`,
    );
  }
  const target = read(targetGroupSchema, resources, balanced.TargetGroupArn);
  const daemon = containers.find(({ Image }) => Image.includes('aws-xray-daemon'));
  if (!daemon) {
    throw new Refusal(`${taskId} has no container with an aws-xray-daemon image`);
  }

  const others = containers.filter((container) => ![application, daemon].includes(container));
  if (others.length > 0) {
    throw new Refusal(
      `${taskId} has more containers than the application and the daemon: ${others.map(({ Name }) => Name).join(', ')}; teach the rehearsal to run them in task.ts`,
    );
  }

  const groups = Object.keys(resources)
    .filter((id) => resources[id]?.Type === 'AWS::XRay::Group')
    .map((id) => read(groupSchema, resources, id));
  groups.forEach(({ FilterExpression }) => parseFilter(FilterExpression));

  const keyPath = readKeyPath(assembly, resolver, application, key, `${region}:${account}`);
  const executionRole = readRole(resources, task.ExecutionRoleArn);
  if (!isAllowed(executionRole.statements, 'ssm:GetParameters', keyPath.parameterArn)) {
    throw new Refusal(
      `${executionRole.id} may not read ${keyPath.parameterName} (ssm:GetParameters), so ECS never starts the task`,
    );
  }
  if (!application.Environment.some(({ Name }) => EXPORT_ENDPOINT.test(Name))) {
    throw new Refusal(
      `${application.Name} has no OTEL_EXPORTER_OTLP_ENDPOINT, so its spans would leave this machine`,
    );
  }

  return {
    stackName,
    region,
    account,
    task: { cpuUnits: task.Cpu, memoryMiB: task.Memory },
    containers,
    application,
    applicationContext: contextOf(assembly, application),
    daemon,
    targetPort: balanced.ContainerPort,
    healthCheck: { path: target.HealthCheckPath, codes: target.Matcher.HttpCode },
    rules: readRules(resources),
    groups,
    taskRole: readRole(resources, task.TaskRoleArn),
    keyPath,
  };
}

/** What ECS would refuse, or would start and then never run. */
function checkTask(task: z.infer<typeof taskSchema>, taskId: string): void {
  const containers = new Map(task.ContainerDefinitions.map((item) => [item.Name, item]));
  const reserved = task.ContainerDefinitions.reduce(
    (sum, { Memory, MemoryReservation }) => sum + (Memory ?? MemoryReservation ?? 0),
    0,
  );
  if (reserved > task.Memory) {
    throw new Refusal(
      `${taskId}: its containers need ${reserved} MiB of memory, the task has ${task.Memory}`,
    );
  }
  for (const container of containers.values()) {
    const variables = new Set(container.Environment.map(({ Name }) => Name));
    const twice = container.Secrets.find(({ Name }) => variables.has(Name));
    if (twice) {
      throw new Refusal(
        `${container.Name}: ${twice.Name} is a variable and a secret; ECS refuses that`,
      );
    }
    for (const { ContainerName, Condition } of container.DependsOn) {
      const other = containers.get(ContainerName);
      if (!other) {
        throw new Refusal(`${container.Name} depends on "${ContainerName}", which is not there`);
      }
      if (Condition !== 'START' && !(Condition === 'HEALTHY' && other.HealthCheck)) {
        throw new Refusal(
          `${container.Name} waits for ${ContainerName} to be ${Condition}, which it never is, so it never starts`,
        );
      }
    }
  }
}

function readRules(resources: Record<string, Resource>): SamplingRule[] {
  const rules = Object.keys(resources)
    .filter((id) => resources[id]?.Type === 'AWS::XRay::SamplingRule')
    .map((id) => read(ruleSchema, resources, id).SamplingRule);
  for (const [index, rule] of rules.entries()) {
    const same = rules
      .slice(index + 1)
      .find(({ RuleName, Priority }) => RuleName === rule.RuleName || Priority === rule.Priority);
    if (same) {
      throw new Refusal(
        `rules ${rule.RuleName} (priority ${rule.Priority}) and ${same.RuleName} (priority ${same.Priority}) share a name or a priority`,
      );
    }
  }
  return rules;
}

function readRole(resources: Record<string, Resource>, arn: string): Role {
  const id = arn.split(':').at(-1) ?? '';
  const role = read(roleSchema, resources, id);
  const reference = role.RoleName ?? id;
  if (role.ManagedPolicyArns.length > 0) {
    throw new Refusal(
      `${id} has the managed policies ${role.ManagedPolicyArns.join(', ')}, whose statements are not in the template; write the statements there`,
    );
  }
  const attached = Object.keys(resources)
    .filter((key) => /^AWS::IAM::(Managed)?Policy$/.test(resources[key]?.Type ?? ''))
    .map((key) => read(policySchema, resources, key))
    .filter(({ Roles }) => Roles.includes(reference));
  return {
    id,
    statements: [...role.Policies, ...attached].flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map(({ Effect, Action, Resource: on }) => ({
        effect: Effect,
        actions: Action,
        resources: on,
      })),
    ),
    assumedByTasks: JSON.stringify(role.AssumeRolePolicyDocument).includes(
      '"ecs-tasks.amazonaws.com"',
    ),
  };
}

function readKeyPath(
  assembly: Assembly,
  resolver: Resolver,
  application: Container,
  key: string,
  place: string,
): KeyPath {
  const resources = resolver.resources();
  const [secret] = application.Secrets;
  if (!secret || application.Secrets.length > 1) {
    throw new Refusal(
      `${application.Name} has ${application.Secrets.length} secrets; the rehearsal follows one, the Honeycomb key`,
    );
  }
  const [, arnName] = /^arn:aws:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(secret.ValueFrom) ?? [];
  if (secret.ValueFrom.startsWith('arn:') && arnName === undefined) {
    throw new Refusal(
      `secret ${secret.Name} comes from ${secret.ValueFrom}; the rehearsal knows parameters of Parameter Store`,
    );
  }
  const parameterName = arnName ?? secret.ValueFrom;
  const declaredNames = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::SSM::Parameter')
    .map(({ Properties }) => String(Properties?.Name));
  const declared = declaredNames.includes(parameterName);

  const problems: string[] = [];
  if (declaredNames.length > 0 && !declared) {
    problems.push(
      `the secret reads ${parameterName}, the template declares ${declaredNames.join(', ')}`,
    );
  }
  for (const [id, { Default, NoEcho }] of Object.entries(assembly.template.Parameters ?? {})) {
    if (Default === undefined && NoEcho !== true) {
      problems.push(`parameter ${id} carries the key and is not NoEcho`);
    }
    if (Default !== undefined && NoEcho === true) {
      problems.push(`parameter ${id} has a default, which stands in the template`);
    }
  }
  const shown = [...Object.entries(resources), ...Object.entries(resolver.outputs())]
    .map(([id, item]) => ({ id, text: JSON.stringify(item), item: item as Partial<Resource> }))
    .filter(({ text, item }) => text.includes(key) && item.Type !== 'AWS::SSM::Parameter');
  problems.push(...shown.map(({ id }) => `${id} shows the key's value`));
  const values = Object.values(resources).filter(({ Type }) => Type === 'AWS::SSM::Parameter');
  for (const { Properties } of values.filter((item) => item.Properties?.Value !== key)) {
    problems.push(`the value of ${String(Properties?.Name)} is a literal in the template`);
  }
  return {
    variable: secret.Name,
    parameterName,
    parameterArn:
      arnName === undefined ? `arn:aws:ssm:${place}:parameter${parameterName}` : secret.ValueFrom,
    declared,
    problems,
  };
}

function contextOf(assembly: Assembly, { Name, Image }: Container): string {
  const context = assembly.images[Image.split(':').at(-1) ?? ''];
  if (context === undefined) {
    throw new Refusal(
      `${Name} runs the image ${Image}, which this assembly does not build; rehearse without \`backendImage\``,
    );
  }
  return context;
}

function idsOf(resources: Record<string, Resource>, type: string, exactly: 1): [string] {
  const ids = Object.keys(resources).filter((id) => resources[id]?.Type === type);
  if (ids.length !== exactly) {
    throw new Refusal(
      `the rehearsal runs a stack with one ${type}, got: ${ids.join(', ') || 'none'}`,
    );
  }
  return ids as [string];
}

function read<T>(schema: z.ZodType<T>, resources: Record<string, Resource>, id: string): T {
  const resource = resources[id];
  const result = schema.safeParse(resource?.Properties);
  if (!result.success) {
    throw new Refusal(
      `${id} (${resource?.Type ?? 'not in the template'}) cannot be rehearsed:\n${z.prettifyError(result.error)}`,
    );
  }
  return result.data;
}

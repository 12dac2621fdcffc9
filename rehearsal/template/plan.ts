import { z } from 'zod';
import { Refusal } from '../refusal';
import type { SamplingRule } from '../xray/sampling-rule';
import type { Assembly, ImageBuild } from './assembly';
import { type Place, readRole, type Role } from './iam';
import { findKeyParameter, type KeyPath, readKeyPath } from './key-path';
import { Resolver } from './resolver';
import { onlyIdOfType, readResource, type Resources } from './resources';
import { type Container, readTaskDefinition } from './task-definition';
import { readGroups, readRules, type TraceGroup } from './xray';

/** Used for a stack that does not state its account. */
const EXAMPLE_ACCOUNT = '111122223333';
/** Used for a stack that does not state its region. No default is likely to be this one, so a hard-coded region shows. */
const EXAMPLE_REGION = 'ap-southeast-2';

const serviceSchema = z.object({
  LoadBalancers: z.tuple(
    [
      z.object({
        ContainerName: z.string(),
        ContainerPort: z.coerce.number().int(),
        TargetGroupArn: z.string(),
      }),
    ],
    z.unknown(),
  ),
});

const targetGroupSchema = z.object({
  HealthCheckPath: z.string().default('/'),
  Matcher: z.object({ HttpCode: z.string() }).default({ HttpCode: '200' }),
});

/**
 * Everything that the rehearsal runs and checks, read from the template and from nothing else.
 */
export interface Plan {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly task: { readonly cpuUnits: number; readonly memoryMiB: number };
  /** The two containers that run, in the order of the template. A check reports others. */
  readonly containers: readonly Container[];
  readonly application: Container;
  /** What the application calls itself in its segments. */
  readonly serviceName: string;
  /** The application's image, if the assembly builds it. */
  readonly applicationImage: ImageBuild | undefined;
  readonly daemon: Container;
  /** The port of the application that the load balancer sends requests to. */
  readonly targetPort: number;
  readonly healthCheck: { readonly path: string; readonly codes: string };
  readonly rules: readonly SamplingRule[];
  readonly groups: readonly TraceGroup[];
  readonly taskRole: Role;
  readonly keyPath: KeyPath;
}

/** Returns where the stack is deployed, with examples for what it does not state. */
export function placeOf({ account = EXAMPLE_ACCOUNT, region = EXAMPLE_REGION }: Assembly): Place {
  return { account, region };
}

/** Resolves the template of an assembly, with values of one's own for some of its parameters. */
export function resolverOf(assembly: Assembly, own: Readonly<Record<string, string>>): Resolver {
  const { stackName, template } = assembly;
  const parameters = { ...assembly.parameters, ...own };
  return new Resolver(template, { stackName, ...placeOf(assembly), parameters });
}

/**
 * Reads the plan from an assembly.
 *
 * @param key the value that an operator would give for the Honeycomb key
 */
export function readPlan(assembly: Assembly, key: string): Plan {
  const { template, stackName } = assembly;
  const place = placeOf(assembly);
  const keyParameter = findKeyParameter(template);
  const parameters = keyParameter === undefined ? {} : { [keyParameter]: key };
  const resolver = resolverOf(assembly, parameters);
  const resources = resolver.resources();

  const taskId = onlyIdOfType(resources, 'AWS::ECS::TaskDefinition');
  const task = readTaskDefinition(resources, taskId);
  const { application, ...target } = readTarget(resources, task.ContainerDefinitions);
  const daemon = task.ContainerDefinitions.find(({ Image }) => Image.includes('aws-xray-daemon'));
  if (!daemon) {
    throw new Refusal(`${taskId} has no container with an aws-xray-daemon image`);
  }
  const names = ['AWS_XRAY_TRACING_NAME', 'OTEL_SERVICE_NAME'].flatMap((name) =>
    application.Environment.filter(({ Name }) => Name === name).map(({ Value }) => Value),
  );

  return {
    stackName,
    ...place,
    task: { cpuUnits: task.Cpu, memoryMiB: task.Memory },
    containers: task.ContainerDefinitions.filter((item) => [application, daemon].includes(item)),
    application,
    serviceName: names[0] ?? application.Name,
    applicationImage: assembly.images[application.Image.split(':').at(-1) ?? ''],
    daemon,
    ...target,
    rules: readRules(resources),
    groups: readGroups(resources),
    taskRole: readRole(resources, task.TaskRoleArn, place),
    keyPath: readKeyPath(resolver, application, key, keyParameter, template),
  };
}

/** Reads what the load balancer sends requests to. */
function readTarget(resources: Resources, containers: readonly Container[]) {
  const serviceId = onlyIdOfType(resources, 'AWS::ECS::Service');
  const service = readResource(serviceSchema, resources, serviceId);
  const [target] = service.LoadBalancers;
  const application = containers.find(({ Name }) => Name === target.ContainerName);
  if (!application) {
    throw new Refusal(
      `${serviceId} sends requests to container "${target.ContainerName}", which the task does not have`,
    );
  }
  const group = readResource(targetGroupSchema, resources, target.TargetGroupArn);
  return {
    application,
    targetPort: target.ContainerPort,
    healthCheck: { path: group.HealthCheckPath, codes: group.Matcher.HttpCode },
  };
}

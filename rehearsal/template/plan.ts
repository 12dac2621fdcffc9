import { z } from 'zod';
import { Refusal } from '../refusal';
import type { SamplingRule } from '../sampling/sampling-rule';
import type { Assembly, ImageBuild } from './assembly';
import { isAllowed, readRole, type Role } from './iam';
import { type KeyPath, readKeyPath, takesKey } from './key-path';
import { Resolver } from './resolver';
import { onlyIdOfType, readResource, type Resources } from './resources';
import { type Container, readTaskDefinition } from './task-definition';
import { readGroups, readRules, type TraceGroup } from './xray';

/** Used for a stack that does not state its account. */
const EXAMPLE_ACCOUNT = '111122223333';
/** Used for a stack that does not state its region. No default is likely to be this one, so a hard-coded region shows. */
const EXAMPLE_REGION = 'ap-southeast-2';

/** The variables that hold the address spans are sent to. */
export const EXPORT_ENDPOINT = /^OTEL_EXPORTER_OTLP_(TRACES_)?ENDPOINT$/;

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
  readonly region: string;
  readonly task: { readonly cpuUnits: number; readonly memoryMiB: number };
  readonly containers: readonly Container[];
  readonly application: Container;
  /** The directory that the application's image is built from. */
  readonly applicationImage: ImageBuild;
  readonly daemon: Container;
  /** The port of the application that the load balancer sends requests to. */
  readonly targetPort: number;
  readonly healthCheck: { readonly path: string; readonly codes: string };
  readonly rules: readonly SamplingRule[];
  readonly groups: readonly TraceGroup[];
  readonly taskRole: Role;
  readonly keyPath: KeyPath;
}

/**
 * Reads the plan from an assembly.
 *
 * @param key the value that an operator would give for the Honeycomb key
 */
export function readPlan(assembly: Assembly, key: string): Plan {
  const { template, stackName } = assembly;
  const account = assembly.account ?? EXAMPLE_ACCOUNT;
  const region = assembly.region ?? EXAMPLE_REGION;
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {})
      .filter(([, { Default }]) => takesKey(Default))
      .map(([id]) => [id, key]),
  );
  const resolver = new Resolver(template, { stackName, account, region, parameters });
  const resources = resolver.resources();

  const taskId = onlyIdOfType(resources, 'AWS::ECS::TaskDefinition');
  const task = readTaskDefinition(resources, taskId);
  const containers = task.ContainerDefinitions;
  const { application, targetPort, healthCheck } = readTarget(resources, containers);
  const daemon = containers.find(({ Image }) => Image.includes('aws-xray-daemon'));
  if (!daemon) {
    throw new Refusal(`${taskId} has no container with an aws-xray-daemon image`);
  }
  const others = containers.filter((container) => ![application, daemon].includes(container));
  if (others.length > 0) {
    throw new Refusal(
      `${taskId} has containers besides the application and the daemon: ${others.map(({ Name }) => Name).join(', ')}; add support for them in task.ts`,
    );
  }
  if (!application.Environment.some(({ Name }) => EXPORT_ENDPOINT.test(Name))) {
    throw new Refusal(
      `${application.Name} has no OTEL_EXPORTER_OTLP_ENDPOINT, so its spans would leave this machine`,
    );
  }
  const keyPath = readKeyPath(template, resolver, application, key, `${region}:${account}`);
  const executionRole = readRole(resources, task.ExecutionRoleArn);
  if (!isAllowed(executionRole.statements, 'ssm:GetParameters', keyPath.parameterArn)) {
    throw new Refusal(
      `${executionRole.id} may not read ${keyPath.parameterName} (ssm:GetParameters), so ECS never starts the task`,
    );
  }

  return {
    stackName,
    region,
    task: { cpuUnits: task.Cpu, memoryMiB: task.Memory },
    containers,
    application,
    applicationImage: imageOf(assembly, application),
    daemon,
    targetPort,
    healthCheck,
    rules: readRules(resources),
    groups: readGroups(resources),
    taskRole: readRole(resources, task.TaskRoleArn),
    keyPath,
  };
}

/** Reads what the load balancer sends requests to. */
function readTarget(resources: Resources, containers: readonly Container[]) {
  const serviceId = onlyIdOfType(resources, 'AWS::ECS::Service');
  const [target] = readResource(serviceSchema, resources, serviceId).LoadBalancers;
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

function imageOf({ images }: Assembly, { Name, Image }: Container): ImageBuild {
  const image = images[Image.split(':').at(-1) ?? ''];
  if (image === undefined) {
    throw new Refusal(
      `${Name} runs the image ${Image}, which this assembly does not build; rehearse without \`backendImage\``,
    );
  }
  return image;
}

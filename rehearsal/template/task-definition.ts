import { z } from 'zod';
import { Refusal } from '../refusal';
import { readResource, type Resources } from './resources';

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
});

/** A container definition, in CloudFormation's own terms. */
export type Container = z.infer<typeof containerSchema>;

const taskSchema = z.object({
  Cpu: count,
  Memory: count,
  TaskRoleArn: z.string(),
  ExecutionRoleArn: z.string(),
  ContainerDefinitions: z.array(containerSchema).min(1),
});

export type TaskDefinition = z.infer<typeof taskSchema>;

/** Reads a task definition, and refuses what ECS would refuse, or would accept and never start. */
export function readTaskDefinition(resources: Resources, id: string): TaskDefinition {
  const task = readResource(taskSchema, resources, id);
  checkMemory(task, id);
  for (const container of task.ContainerDefinitions) {
    checkVariables(container);
    checkDependencies(container, task.ContainerDefinitions);
  }
  return task;
}

function checkMemory({ ContainerDefinitions, Memory: available }: TaskDefinition, id: string) {
  const needed = ContainerDefinitions.reduce(
    (sum, { Memory, MemoryReservation }) => sum + (Memory ?? MemoryReservation ?? 0),
    0,
  );
  if (needed > available) {
    throw new Refusal(
      `${id}: its containers need ${needed} MiB of memory, the task has ${available}`,
    );
  }
}

function checkVariables({ Name: container, Environment, Secrets }: Container) {
  const twice = Secrets.find((secret) => Environment.some(({ Name }) => Name === secret.Name));
  if (twice) {
    throw new Refusal(
      `${container}: ${twice.Name} is both a variable and a secret, which ECS refuses`,
    );
  }
}

function checkDependencies({ Name, DependsOn }: Container, containers: readonly Container[]) {
  for (const { ContainerName, Condition } of DependsOn) {
    const other = containers.find((container) => container.Name === ContainerName);
    if (!other) {
      throw new Refusal(`${Name} depends on "${ContainerName}", which the task does not have`);
    }
    if (Condition !== 'START' && !(Condition === 'HEALTHY' && other.HealthCheck)) {
      throw new Refusal(
        `${Name} waits for ${ContainerName} to be ${Condition}, which never happens, so ${Name} never starts`,
      );
    }
  }
}

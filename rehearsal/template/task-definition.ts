import { z } from 'zod';
import { readResource, type Resources } from './resources';

const count = z.coerce.number().int().nonnegative();

const containerSchema = z.object({
  Name: z.string(),
  Image: z.string(),
  Essential: z.boolean().default(true),
  EntryPoint: z.array(z.string()).optional(),
  Command: z.array(z.string()).optional(),
  WorkingDirectory: z.string().optional(),
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
  ReadonlyRootFilesystem: z.boolean().default(false),
  MountPoints: z.array(z.object({ ContainerPath: z.string() })).default([]),
  HealthCheck: z.object({ Command: z.array(z.string()), Timeout: count.default(5) }).optional(),
  RestartPolicy: z
    .object({ Enabled: z.boolean(), IgnoredExitCodes: z.array(count).default([]) })
    .default({ Enabled: false, IgnoredExitCodes: [] }),
  StopTimeout: count.default(30),
  LogConfiguration: z
    .object({ Options: z.record(z.string(), z.string()).default({}) })
    .default({ Options: {} }),
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

export function readTaskDefinition(resources: Resources, id: string): TaskDefinition {
  return readResource(taskSchema, resources, id);
}

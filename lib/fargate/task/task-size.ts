import { Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { requireKnownAtSynth } from '../../validation/prop-checks';
import { PropError, shown } from '../../validation/prop-error';

/** The least that ECS accepts for a container, in MiB. */
export const MIN_MEMORY_MIB = 6;

/**
 * The memory in MiB that Fargate offers on Linux for each number of CPU units (1024 are one vCPU).
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const MEMORY_MIB: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
]);

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);
}

/**
 * The rule that a task size breaks, which completes an error that begins with `must`; `undefined` for a pair that Fargate
 * offers.
 *
 * @param cpu CPU units
 * @param memoryMiB memory in MiB
 */
export function fargateTaskSizeError(
  cpu: number,
  memoryMiB: number,
): { prop: 'cpu' | 'memoryMiB'; rule: string } | undefined {
  const sizes = MEMORY_MIB.get(cpu);
  if (!sizes) {
    return { prop: 'cpu', rule: `be one of ${[...MEMORY_MIB.keys()].join(', ')}` };
  }
  if (!sizes.includes(memoryMiB)) {
    return { prop: 'memoryMiB', rule: `be one of ${sizes.join(', ')} with a cpu of ${cpu}` };
  }
  return undefined;
}

/**
 * Refuses a pair that Fargate does not offer, and one known only at deployment: the application gets what the daemon leaves.
 */
export function requireTaskSize(cpu: number, memoryMiB: number): void {
  requireKnownAtSynth('cpu', cpu);
  requireKnownAtSynth('memoryMiB', memoryMiB);
  const error = fargateTaskSizeError(cpu, memoryMiB);
  if (error) {
    throw new PropError(error.prop, error.rule, { cpu, memoryMiB }[error.prop]);
  }
}

/**
 * Returns an error if the containers may use more memory than the task has, those aside whose memory is known only at
 * deployment: ECS refuses such a task only when it starts.
 */
export function memoryErrors(
  taskDefinition: ecs.TaskDefinition,
  memoryMiB: number,
  applicationMemoryMiB: number,
): string[] {
  const used = taskDefinition.node.children
    .filter((child) => child instanceof ecs.ContainerDefinition)
    .map((container) => container.renderContainerDefinition())
    .map(({ memory, memoryReservation }) => memory ?? memoryReservation ?? 0)
    .filter((memory) => !Token.isUnresolved(memory))
    .reduce((sum, memory) => sum + memory, 0);
  if (used <= memoryMiB) {
    return [];
  }
  const most = applicationMemoryMiB - (used - memoryMiB);
  const change = most >= MIN_MEMORY_MIB ? `lower it to ${most} or less, or raise` : 'raise';
  return [
    `\`applicationMemoryMiB\` must leave room for all containers, which may use ${used} of the task's ${memoryMiB} MiB: ${change} \`memoryMiB\`, got: ${shown(applicationMemoryMiB)}`,
  ];
}

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
 * What is wrong with a task size, as `<prop> must ...`; `undefined` for a pair that Fargate offers.
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
    return { prop: 'cpu', rule: `must be one of ${[...MEMORY_MIB.keys()].join(', ')}` };
  }
  if (!sizes.includes(memoryMiB)) {
    return { prop: 'memoryMiB', rule: `must be one of ${sizes.join(', ')} with a cpu of ${cpu}` };
  }
  return undefined;
}

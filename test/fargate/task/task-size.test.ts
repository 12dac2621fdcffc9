import { fargateTaskSizeError } from '../../../lib/fargate/task/task-size';

test.each([
  [256, 512],
  [256, 2048],
  [512, 4096],
  [1024, 3072],
  [2048, 16384],
  [4096, 30720],
  [8192, 61440],
  [16384, 122880],
])('Fargate offers %i CPU units with %i MiB', (cpu, memoryMiB) => {
  expect(fargateTaskSizeError(cpu, memoryMiB)).toBeUndefined();
});

test.each([
  [300, 512, 'cpu', 'be one of 256, 512, 1024, 2048, 4096, 8192, 16384'],
  [256, 768, 'memoryMiB', 'be one of 512, 1024, 2048 with a cpu of 256'],
  [512, 512, 'memoryMiB', 'be one of 1024, 2048, 3072, 4096 with a cpu of 512'],
  [8192, 18432, 'memoryMiB', 'be one of 16384, 20480, 24576, 28672, 32768,'],
])('fails with %i CPU units and %i MiB', (cpu, memoryMiB, prop, rule) => {
  expect(fargateTaskSizeError(cpu, memoryMiB)).toEqual({
    prop,
    rule: expect.stringContaining(rule) as string,
  });
});

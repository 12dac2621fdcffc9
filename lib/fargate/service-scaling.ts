import { Token } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { requireNumber } from '../validation/prop-checks';

/**
 * Keeps the number of tasks within limits, by their CPU.
 */
export function scaleOnCpu(service: ecs.FargateService, minTasks: number, maxTasks: number): void {
  service
    .autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
    .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
}

/**
 * Refuses fewer than one task, and a maximum below the minimum.
 */
export function requireTaskCounts(minTasks: number, maxTasks: number): void {
  requireNumber('minTasks', minTasks, { min: 1, whole: true });
  const min = Token.isUnresolved(minTasks) ? 1 : minTasks;
  requireNumber('maxTasks', maxTasks, { min, whole: true });
}

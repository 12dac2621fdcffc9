import { MIN_MEMORY_MIB } from './task-size';
import { requireNumber } from '../../validation/prop-checks';
import { XRayDaemon } from '../../xray/daemon/xray-daemon';

/**
 * What the application gets of a task; by default all that the X-Ray daemon leaves.
 */
export function applicationShare(
  task: { cpu: number; memoryMiB: number },
  asked: { applicationCpu?: number; applicationMemoryMiB?: number },
): { cpu: number; memoryLimitMiB: number } {
  const max = {
    cpu: task.cpu - XRayDaemon.DEFAULT_CPU,
    memoryMiB: task.memoryMiB - XRayDaemon.DEFAULT_MEMORY_MIB,
  };
  const { applicationCpu = max.cpu, applicationMemoryMiB = max.memoryMiB } = asked;
  requireNumber('applicationCpu', applicationCpu, { min: 1, max: max.cpu, whole: true });
  requireNumber('applicationMemoryMiB', applicationMemoryMiB, {
    min: MIN_MEMORY_MIB,
    max: max.memoryMiB,
    whole: true,
  });
  return { cpu: applicationCpu, memoryLimitMiB: applicationMemoryMiB };
}

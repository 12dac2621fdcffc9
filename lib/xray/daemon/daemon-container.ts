import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * What the daemon's container is told.
 */
interface DaemonContainerProps {
  readonly name: string;
  readonly image: ecs.ContainerImage;
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly logGroup?: logs.ILogGroup;
  /** Address and port to listen at, over UDP and TCP. */
  readonly bind: string;
}

/** Enough for 256 datagrams of 64 KB, the largest that the SDKs send. */
export const BUFFER_MB = 16;

/**
 * Adds the X-Ray daemon's container to a task, which runs on without it.
 */
export function addDaemonContainer(
  taskDefinition: ecs.TaskDefinition,
  { name, image, cpu, memoryLimitMiB, logGroup, bind }: DaemonContainerProps,
): ecs.ContainerDefinition {
  return taskDefinition.addContainer('XRayDaemon', {
    containerName: name,
    image,
    command: [
      // do not ask EC2 for metadata, which times out on Fargate
      '-o',
      ...['-n', Stack.of(taskDefinition).region],
      ...['-b', bind, '-t', bind],
      // otherwise 1 % of the host's memory, which may be more than the container has
      ...['-m', String(BUFFER_MB)],
    ],
    cpu,
    memoryLimitMiB,
    readonlyRootFilesystem: true,
    // no health check: the image has no shell to run one, and a failing check would take the application down
    essential: false,
    enableRestartPolicy: true,
    restartAttemptPeriod: Duration.seconds(60),
    logging: ecs.LogDrivers.awsLogs({
      streamPrefix: name,
      logGroup:
        logGroup ??
        new logs.LogGroup(taskDefinition, 'XRayDaemonLogs', {
          retention: logs.RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
    }),
  });
}

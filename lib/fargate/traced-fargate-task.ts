import { Duration, RemovalPolicy, Tokenization, Validations } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { BackendImage } from './container-image';
import { fargateTaskSizeError } from './task-size';
import type { HoneycombApiKey } from '../honeycomb/honeycomb-api-key';
import { HoneycombExporter, type HoneycombRegion } from '../honeycomb/honeycomb-exporter';
import { requireHealthCheckPath } from '../validation/health-check-path';
import { requireNumber } from '../validation/prop-checks';
import { containerNameOf, requireServiceName } from '../xray/service-name';
import { XRayDaemon } from '../xray/xray-daemon';

/**
 * Properties for `TracedFargateTask`.
 */
export interface TracedFargateTaskProps {
  /**
   * Name of the service in X-Ray and Honeycomb, 1 to 64 characters. The container has it too, with dashes for what ECS does
   * not take.
   */
  readonly serviceName: string;

  /**
   * The application, instrumented with the X-Ray SDK and OpenTelemetry, listening on `PORT`.
   */
  readonly image: BackendImage;

  /**
   * The key that lets the spans into Honeycomb.
   */
  readonly honeycombApiKey: HoneycombApiKey;

  /**
   * Where Honeycomb keeps the data.
   *
   * @default HoneycombRegion.US
   */
  readonly honeycombRegion?: HoneycombRegion;

  /**
   * Port of the application, 1 to 65535, not the daemon's 2000.
   *
   * @default 4567
   */
  readonly containerPort?: number;

  /**
   * Path that answers 200 while the application is healthy. Requests to it make no spans.
   *
   * @default '/api/health-check'
   */
  readonly healthCheckPath?: string;

  /**
   * CPU units of a task (1024 are one vCPU), the daemon's share included; a number that Fargate offers.
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB, the daemon's share included; a number that Fargate offers with `cpu`.
   *
   * @default 512
   */
  readonly memoryMiB?: number;

  /**
   * Processor that the image is built for.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;
}

/**
 * A Fargate task of an application and the X-Ray daemon: the application's segments go to the daemon, its spans to
 * Honeycomb.
 */
export class TracedFargateTask extends Construct {
  /**
   * The task definition. The memory of all its containers is checked at synth, those added later included.
   */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  /**
   * Port of the application.
   */
  public readonly containerPort: number;

  /**
   * Path that answers 200 while the application is healthy.
   */
  public readonly healthCheckPath: string;

  /**
   * @throws for a size that Fargate does not offer, and a name, port or path outside its limits
   */
  constructor(scope: Construct, id: string, props: TracedFargateTaskProps) {
    super(scope, id);

    const { serviceName, image, cpu = 256, memoryMiB = 512 } = props;
    const { containerPort = 4567, healthCheckPath = '/api/health-check' } = props;
    requireTaskSize(cpu, memoryMiB);
    requireContainerPort(containerPort);
    requireServiceName(serviceName);
    requireHealthCheckPath(healthCheckPath);

    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Resource', {
      cpu,
      memoryLimitMiB: memoryMiB,
      runtimePlatform: {
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
        cpuArchitecture: props.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
      },
    });
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    taskDefinition.addContainer('Backend', {
      containerName: containerNameOf(serviceName),
      image: image.containerImage,
      portMappings: [{ containerPort }],
      cpu: cpu - XRayDaemon.DEFAULT_CPU,
      memoryLimitMiB: memoryMiB - XRayDaemon.DEFAULT_MEMORY_MIB,
      readonlyRootFilesystem: image.readonlyRootFilesystem ?? false,
      // between SIGTERM and SIGKILL: longer than gunicorn's 25 s for the requests in flight and 5 s for the last spans
      stopTimeout: Duration.seconds(40),
      healthCheck: image.healthCheckCommand && {
        command: image.healthCheckCommand,
        startPeriod: Duration.seconds(30),
      },
      environment: {
        PORT: Tokenization.stringifyNumber(containerPort),
        HEALTH_CHECK_PATH: healthCheckPath,
        AWS_XRAY_TRACING_NAME: serviceName,
      },
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'backend', logGroup }),
    });
    taskDefinition.addExtension(
      new HoneycombExporter({
        apiKey: props.honeycombApiKey,
        serviceName,
        region: props.honeycombRegion,
        excludedPaths: [healthCheckPath],
      }),
    );
    taskDefinition.addExtension(new XRayDaemon({ logGroup }));

    this.node.addValidation({ validate: () => memoryErrors(taskDefinition, memoryMiB) });
    Validations.of(taskDefinition).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason:
        'The variables are names, a port, a path and two endpoints; the one secret, the API key, is read from SSM.',
    });
    Validations.of(taskDefinition.obtainExecutionRole()).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'ecr:GetAuthorizationToken, needed to pull an image from ECR, is defined for no resource; the pull is for one repository.',
    });
    this.taskDefinition = taskDefinition;
    this.containerPort = containerPort;
    this.healthCheckPath = healthCheckPath;
  }
}

function requireTaskSize(cpu: number, memoryMiB: number): void {
  const error = fargateTaskSizeError(cpu, memoryMiB);
  if (error) {
    throw new Error(`\`${error.prop}\` ${error.rule}, got: ${{ cpu, memoryMiB }[error.prop]}`);
  }
}

function requireContainerPort(port: number): void {
  requireNumber('containerPort', port, { min: 1, max: 65535, whole: true });
  if (port === XRayDaemon.PORT) {
    throw new Error(`\`containerPort\` must not be the X-Ray daemon's, got: ${port}`);
  }
}

/** ECS refuses a task whose containers may use more memory than it has, but only when it starts. */
function memoryErrors(taskDefinition: ecs.TaskDefinition, memoryMiB: number): string[] {
  const used = taskDefinition.node.children
    .filter((child) => child instanceof ecs.ContainerDefinition)
    .map((container) => container.renderContainerDefinition())
    .reduce((sum, { memory, memoryReservation }) => sum + (memory ?? memoryReservation ?? 0), 0);
  return used > memoryMiB
    ? [`\`memoryMiB\` must be enough for all containers, which may use ${used}, got: ${memoryMiB}`]
    : [];
}

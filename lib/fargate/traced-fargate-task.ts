import { Duration, RemovalPolicy, Tokenization } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { applicationShare } from './application-share';
import type { ServiceImage } from './container-image';
import { imageVersionOf } from './image-version';
import { memoryErrors, requireTaskSize } from './task-size';
import type { HoneycombApiKey } from '../honeycomb/honeycomb-api-key';
import { HoneycombExporter, type HoneycombRegion } from '../honeycomb/honeycomb-exporter';
import { acknowledge } from '../validation/acknowledge';
import { requireHealthCheckPath } from '../validation/health-check-path';
import { requireNumber } from '../validation/prop-checks';
import { PropError } from '../validation/prop-error';
import { containerNameOf, requireServiceName } from '../xray/service-name';
import { XRayDaemon } from '../xray/xray-daemon';

/**
 * Properties for `TracedFargateTask`.
 */
export interface TracedFargateTaskProps {
  /**
   * Name of the service in X-Ray and Honeycomb, 1 to 64 characters. The container is named after it, with dashes for the
   * characters that ECS does not allow.
   */
  readonly serviceName: string;

  /**
   * The application, instrumented with the X-Ray SDK and OpenTelemetry, listening on `PORT`.
   */
  readonly image: ServiceImage;

  /**
   * The API key with which the application sends its spans to Honeycomb.
   */
  readonly honeycombApiKey: HoneycombApiKey;

  /**
   * Honeycomb region that stores the data.
   *
   * @default HoneycombExporter.DEFAULT_REGION
   */
  readonly honeycombRegion?: HoneycombRegion;

  /**
   * Port of the application, 1 to 65535, not the daemon's 2000.
   */
  readonly containerPort: number;

  /**
   * Path that answers 200 while the application is healthy. Requests to it make no spans. To change it behind a load balancer
   * without interruption, an image without a `healthCheckCommand` must answer 200 at both paths while its tasks are replaced.
   */
  readonly healthCheckPath: string;

  /**
   * CPU units of a task (1024 are one vCPU), the daemon's share included; a number that Fargate offers.
   *
   * @default TracedFargateTask.DEFAULT_CPU
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB, the daemon's share included; a number that Fargate offers with `cpu`.
   *
   * @default TracedFargateTask.DEFAULT_MEMORY_MIB
   */
  readonly memoryMiB?: number;

  /**
   * CPU units of the application; what is left is for further containers.
   *
   * @default - all that the daemon leaves
   */
  readonly applicationCpu?: number;

  /**
   * Memory in MiB above which ECS stops the application; what is left is for further containers.
   *
   * @default - all that the daemon leaves
   */
  readonly applicationMemoryMiB?: number;

  /**
   * Version of the service, as OpenTelemetry's resource attribute `service.version`.
   *
   * @default - the image's tag or digest, or the hash of the asset that it is built from
   */
  readonly serviceVersion?: string;

  /**
   * Where the service runs, such as `staging`, as OpenTelemetry's resource attribute `deployment.environment.name`.
   *
   * @default - none
   */
  readonly environmentName?: string;

  /**
   * Processor that the image is built for.
   *
   * @default - x86_64, as in ECS
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * How long the application may take to stop: the time between SIGTERM and SIGKILL, at most 120 seconds.
   *
   * @default - 30 seconds, as in ECS
   */
  readonly stopTimeout?: Duration;

  /**
   * Prefix of the application's log streams.
   *
   * @default - the name of the container
   */
  readonly streamPrefix?: string;
}

/**
 * A Fargate task that runs an application and the X-Ray daemon: the application sends its segments to the daemon and its
 * spans to Honeycomb.
 */
export class TracedFargateTask extends Construct {
  /**
   * CPU units of the smallest task that Fargate offers.
   */
  public static readonly DEFAULT_CPU = 256;

  /**
   * Memory in MiB of the smallest task that Fargate offers.
   */
  public static readonly DEFAULT_MEMORY_MIB = 512;

  /**
   * The task definition. The memory of all its containers is checked at synth, those added later included.
   */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  /**
   * Where the application and the daemon write their logs.
   */
  public readonly logGroup: logs.LogGroup;

  /**
   * @throws for a size that Fargate does not offer, for a share that does not fit, and for a name, port or path outside its limits
   */
  constructor(scope: Construct, id: string, props: TracedFargateTaskProps) {
    super(scope, id);

    const { serviceName, image, containerPort, healthCheckPath } = props;
    const { cpu = TracedFargateTask.DEFAULT_CPU } = props;
    const { memoryMiB = TracedFargateTask.DEFAULT_MEMORY_MIB } = props;
    requireTaskSize(cpu, memoryMiB);
    requireContainerPort(containerPort);
    requireServiceName(serviceName);
    requireHealthCheckPath(healthCheckPath);

    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Resource', {
      cpu,
      memoryLimitMiB: memoryMiB,
      runtimePlatform: {
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
        cpuArchitecture: props.cpuArchitecture,
      },
    });
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const containerName = containerNameOf(serviceName);
    const container = taskDefinition.addContainer('Application', {
      containerName,
      image: image.containerImage,
      portMappings: [{ containerPort }],
      ...applicationShare({ cpu, memoryMiB }, props),
      readonlyRootFilesystem: image.readonlyRootFilesystem ?? false,
      stopTimeout: props.stopTimeout,
      healthCheck: image.healthCheckCommand && {
        command: image.healthCheckCommand,
        startPeriod: Duration.seconds(30),
      },
      environment: {
        PORT: Tokenization.stringifyNumber(containerPort),
        HEALTH_CHECK_PATH: healthCheckPath,
        AWS_XRAY_TRACING_NAME: serviceName,
      },
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: props.streamPrefix ?? containerName,
        logGroup,
      }),
    });
    taskDefinition.addExtension(
      new HoneycombExporter({
        apiKey: props.honeycombApiKey,
        serviceName,
        region: props.honeycombRegion,
        excludedPaths: [healthCheckPath],
        resourceAttributes: resourceAttributes(
          props.serviceVersion ?? imageVersionOf(container),
          props.environmentName,
        ),
      }),
    );
    taskDefinition.addExtension(new XRayDaemon({ logGroup }));

    this.node.addValidation({ validate: () => memoryErrors(taskDefinition, memoryMiB) });
    acknowledge(
      taskDefinition,
      'AwsSolutions-ECS2',
      'The variables are names, a version, a port, a path and two endpoints; the only secret, the API key, is read from SSM.',
    );
    acknowledge(
      taskDefinition.obtainExecutionRole(),
      'AwsSolutions-IAM5[Resource::*]',
      'ecr:GetAuthorizationToken, needed to pull an image from ECR, supports no resource; the pull itself is limited to one repository.',
    );
    this.taskDefinition = taskDefinition;
    this.logGroup = logGroup;
  }
}

function resourceAttributes(
  serviceVersion: string | undefined,
  environmentName: string | undefined,
): Record<string, string> {
  return {
    ...(serviceVersion !== undefined && { 'service.version': serviceVersion }),
    ...(environmentName !== undefined && { 'deployment.environment.name': environmentName }),
  };
}

function requireContainerPort(port: number): void {
  requireNumber('containerPort', port, { min: 1, max: 65535, whole: true });
  if (port === XRayDaemon.PORT) {
    throw new PropError('containerPort', "not be the X-Ray daemon's", port);
  }
}

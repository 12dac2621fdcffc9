import { Duration, RemovalPolicy, Tokenization } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { applicationShare } from './application-share';
import { imageVersionOf } from './image-version';
import { spanExporter } from './span-exporter';
import { memoryErrors, requireTaskSize } from './task-size';
import type { TracedFargateTaskProps } from './traced-fargate-task-props';
import { acknowledgeStatements } from '../../validation/policy-statements';
import { setVariables } from '../../validation/container-variables';
import { requireHealthCheckPath } from '../../validation/health-check-path';
import { requireNumber } from '../../validation/prop-checks';
import { PropError } from '../../validation/prop-error';
import { containerNameOf, requireServiceName } from '../../xray/names/service-name';
import { XRayDaemon } from '../../xray/daemon/xray-daemon';

/**
 * A Fargate task that runs an application and the X-Ray daemon: the application sends its segments to the daemon and its
 * spans to Honeycomb or another OTLP endpoint.
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
   * @throws for a size that Fargate does not offer, for a share that does not fit, for a name, port, path or timeout outside its limits, and
   * unless there is one place for the spans
   */
  constructor(scope: Construct, id: string, props: TracedFargateTaskProps) {
    super(scope, id);

    const { serviceName, image, containerPort, healthCheckPath } = props;
    const { cpu = TracedFargateTask.DEFAULT_CPU } = props;
    const { memoryMiB = TracedFargateTask.DEFAULT_MEMORY_MIB } = props;
    requireTaskSize(cpu, memoryMiB);
    requireContainerPort(containerPort);
    requireStopTimeout(props.stopTimeout);
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
    const share = applicationShare({ cpu, memoryMiB }, props);
    const container = taskDefinition.addContainer('Application', {
      containerName,
      image: image.containerImage,
      portMappings: [{ containerPort }],
      ...share,
      readonlyRootFilesystem: image.readonlyRootFilesystem ?? false,
      stopTimeout: props.stopTimeout,
      healthCheck: image.healthCheckCommand && {
        command: image.healthCheckCommand,
        startPeriod: Duration.seconds(30),
      },
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: props.streamPrefix ?? containerName,
        logGroup,
      }),
    });
    setVariables(container, 'TracedFargateTask', {
      PORT: Tokenization.stringifyNumber(containerPort),
      HEALTH_CHECK_PATH: healthCheckPath,
      AWS_XRAY_TRACING_NAME: serviceName,
    });
    taskDefinition.addExtension(spanExporter(props, imageVersionOf(container)));
    taskDefinition.addExtension(new XRayDaemon({ logGroup, image: props.daemonImage }));

    this.node.addValidation({
      validate: () => memoryErrors(taskDefinition, memoryMiB, share.memoryLimitMiB),
    });
    acknowledgeStatements(
      taskDefinition.obtainExecutionRole(),
      ['ecr:GetAuthorizationToken'],
      'ecr:GetAuthorizationToken, needed to pull an image from ECR, supports no resource; the pull itself is limited to one repository.',
    );
    this.taskDefinition = taskDefinition;
    this.logGroup = logGroup;
  }
}

/** Fargate's limit, which ECS applies only at deployment. */
function requireStopTimeout(stopTimeout: Duration | undefined): void {
  if (stopTimeout && !stopTimeout.isUnresolved()) {
    requireNumber('stopTimeout', stopTimeout.toSeconds(), { min: 1, max: 120, whole: true });
  }
}

function requireContainerPort(port: number): void {
  requireNumber('containerPort', port, { min: 1, max: 65535, whole: true });
  if (port === XRayDaemon.PORT) {
    throw new PropError('containerPort', "not be the X-Ray daemon's", port);
  }
}

import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { acknowledge } from '../../validation/acknowledge';
import { requireNumber } from '../../validation/prop-checks';
import { setVariables } from '../../validation/container-variables';
import { addDaemonContainer, BUFFER_MB } from './daemon-container';
import { daemonNetwork } from './daemon-network';

/**
 * Properties for `XRayDaemon`.
 */
export interface XRayDaemonProps {
  /**
   * Where the daemon's own log goes, under the stream prefix `xray-daemon`.
   *
   * @default - a new log group with 30-day retention
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * Image of the daemon. It must have the entry point of AWS's own image.
   *
   * @default - `XRayDaemon.DEFAULT_IMAGE`, pinned
   */
  readonly image?: ecs.ContainerImage;

  /**
   * CPU units (1024 are one vCPU) guaranteed to the daemon when the task is busy: whole, 1 or more.
   *
   * @default XRayDaemon.DEFAULT_CPU
   */
  readonly cpu?: number;

  /**
   * Memory in MiB above which ECS stops the daemon and restarts it: whole, at least the 16 of its buffers.
   *
   * @default XRayDaemon.DEFAULT_MEMORY_MIB
   */
  readonly memoryLimitMiB?: number;
}

const ADDRESS = 'AWS_XRAY_DAEMON_ADDRESS';

/**
 * Adds the X-Ray daemon to a task definition, next to the containers that send it their segments.
 *
 * Every container already in the task definition finds the daemon through `AWS_XRAY_DAEMON_ADDRESS` and starts after it, so
 * that the daemon stops, and flushes, last. Works on Linux, on Fargate and on EC2 in the network modes `awsvpc` and `bridge`,
 * x86_64 and arm64.
 *
 * @example
 * taskDefinition.addExtension(new XRayDaemon());
 */
export class XRayDaemon implements ecs.ITaskDefinitionExtension {
  /**
   * AWS's daemon, for amd64 and arm64, built from scratch: no shell, no root.
   */
  public static readonly DEFAULT_IMAGE = 'public.ecr.aws/xray/aws-xray-daemon:3.6.6';

  /**
   * Name of the daemon's container.
   */
  public static readonly CONTAINER_NAME = 'xray-daemon';

  /**
   * Receives segments over UDP, and forwards sampling requests to X-Ray over TCP.
   */
  public static readonly PORT = 2000;

  /**
   * CPU units guaranteed to the daemon: its authors measured 0.9 % of a vCPU at 100 segments a second.
   */
  public static readonly DEFAULT_CPU = 32;

  /**
   * Memory of the daemon in MiB: its authors measured 17 to 30 MB, and its buffers need up to 16 MB more.
   */
  public static readonly DEFAULT_MEMORY_MIB = 64;

  /**
   * Allows the grantee to send segments and to fetch sampling rules and targets: only what the daemon calls.
   */
  public static grantWriteTraces(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      // none of these actions supports a resource
      resourceArns: ['*'],
    });
  }

  /**
   * @throws for CPU units or memory outside their limits
   */
  constructor(private readonly props: XRayDaemonProps = {}) {
    const { cpu = XRayDaemon.DEFAULT_CPU } = props;
    const { memoryLimitMiB = XRayDaemon.DEFAULT_MEMORY_MIB } = props;
    requireNumber('cpu', cpu, { min: 1, whole: true });
    requireNumber('memoryLimitMiB', memoryLimitMiB, { min: BUFFER_MB, whole: true });
  }

  /**
   * Adds the daemon; called by `taskDefinition.addExtension()`.
   *
   * @throws if the task already has it, if it has no container yet, if a container has `AWS_XRAY_DAEMON_ADDRESS` already, or
   * if the daemon cannot run in its network mode or operating system
   */
  public extend(taskDefinition: ecs.TaskDefinition): void {
    const traced = taskDefinition.node.children.filter((c) => c instanceof ecs.ContainerDefinition);
    requireRoom(taskDefinition, traced);

    const {
      logGroup,
      image,
      cpu = XRayDaemon.DEFAULT_CPU,
      memoryLimitMiB = XRayDaemon.DEFAULT_MEMORY_MIB,
    } = this.props;
    const name = XRayDaemon.CONTAINER_NAME;
    const { bindAddress, host, needsLinks } = daemonNetwork(taskDefinition, name);
    const daemon = addDaemonContainer(taskDefinition, {
      ...{ name, cpu, memoryLimitMiB, logGroup },
      image: image ?? ecs.ContainerImage.fromRegistry(XRayDaemon.DEFAULT_IMAGE),
      bind: `${bindAddress}:${XRayDaemon.PORT}`,
    });

    for (const container of traced) {
      container.addContainerDependencies({
        container: daemon,
        condition: ecs.ContainerDependencyCondition.START,
      });
      setVariables(container, 'the X-Ray daemon', {
        [ADDRESS]: `${host}:${XRayDaemon.PORT}`,
      });
      if (needsLinks) {
        container.addLink(daemon, name);
      }
    }
    allowWriteTraces(taskDefinition.taskRole);
  }
}

/**
 * A policy of its own, so that the finding is acknowledged for these actions and for nothing else that the role may do. It is
 * inside the role, for which ECS services wait.
 */
function allowWriteTraces(role: iam.IRole): void {
  const id = 'XRayDaemon';
  if (role.node.tryFindChild(id)) {
    return; // the role of several tasks
  }
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- each role of CDK is a construct
  const policy = new iam.Policy(role, id);
  XRayDaemon.grantWriteTraces(policy);
  role.attachInlinePolicy(policy);
  acknowledge(
    policy,
    'AwsSolutions-IAM5[Resource::*]',
    'The four actions that write traces and read sampling rules support no resource.',
  );
}

function requireRoom(
  taskDefinition: ecs.TaskDefinition,
  containers: readonly ecs.ContainerDefinition[],
): void {
  const { node } = taskDefinition;
  if (taskDefinition.findContainer(XRayDaemon.CONTAINER_NAME)) {
    throw new Error(
      `the X-Ray daemon must be added once, got: a second container \`${XRayDaemon.CONTAINER_NAME}\` in ${node.path}`,
    );
  }
  if (containers.length === 0) {
    throw new Error(
      `the X-Ray daemon must be added after the containers that it serves, got: none yet in ${node.path}`,
    );
  }
}

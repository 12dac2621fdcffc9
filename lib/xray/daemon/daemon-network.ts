import * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * How the containers of a task reach the X-Ray daemon in it.
 */
export interface DaemonNetwork {
  /**
   * Address at which the daemon listens.
   */
  readonly bindAddress: string;

  /**
   * Host under which the other containers find it.
   */
  readonly host: string;

  /**
   * Whether each of them needs a link to it.
   */
  readonly needsLinks: boolean;
}

/** The containers share localhost, and nothing else may reach the daemon: it signs whatever it receives over TCP. */
const SHARED: DaemonNetwork = { bindAddress: '127.0.0.1', host: '127.0.0.1', needsLinks: false };

/**
 * @param daemonName name of the daemon's container
 * @throws for a network mode or an operating system in which the daemon cannot run
 */
export function daemonNetwork(
  taskDefinition: ecs.TaskDefinition,
  daemonName: string,
): DaemonNetwork {
  requireNetworkMode(taskDefinition);
  requireLinux(taskDefinition);
  return taskDefinition.networkMode === ecs.NetworkMode.BRIDGE
    ? { bindAddress: '0.0.0.0', host: daemonName, needsLinks: true }
    : SHARED;
}

const UNFIT_NETWORK_MODES: ReadonlyMap<ecs.NetworkMode, string> = new Map([
  [ecs.NetworkMode.NONE, 'the daemon could not reach X-Ray'],
  [ecs.NetworkMode.HOST, "only one task on an instance could open the daemon's port 2000"],
  [ecs.NetworkMode.NAT, 'which Windows alone has, and the image of the daemon is for Linux'],
]);

function requireNetworkMode({ networkMode, node }: ecs.TaskDefinition): void {
  const reason = UNFIT_NETWORK_MODES.get(networkMode);
  if (reason !== undefined) {
    throw new Error(
      `\`networkMode\` must be awsvpc or bridge for the X-Ray daemon, got: ${networkMode} in ${node.path} (${reason})`,
    );
  }
}

function requireLinux(taskDefinition: ecs.TaskDefinition): void {
  // private in aws-cdk-lib 2.252.0
  const { runtimePlatform } = taskDefinition as unknown as ecs.TaskDefinitionProps;
  if (runtimePlatform?.operatingSystemFamily?.isWindows()) {
    throw new Error(
      `\`operatingSystemFamily\` must be LINUX for the X-Ray daemon, whose image is for Linux, got: Windows in ${taskDefinition.node.path}`,
    );
  }
}

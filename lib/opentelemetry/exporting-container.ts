import type * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * The container that exports: the default one, unless another is named.
 *
 * @throws if it does not exist yet
 */
export function exportingContainer(
  taskDefinition: ecs.TaskDefinition,
  containerName: string | undefined,
): ecs.ContainerDefinition {
  const container =
    containerName === undefined
      ? taskDefinition.defaultContainer
      : taskDefinition.findContainer(containerName);
  if (!container) {
    throw new Error(
      `\`containerName\` must be a container of ${taskDefinition.node.path}, added before the exporter, got: ${containerName ?? 'no container yet'}`,
    );
  }
  return container;
}

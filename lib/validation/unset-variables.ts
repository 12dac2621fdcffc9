import type * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * Refuses a container that has one of the variables already: ECS refuses a name that is both a variable and a secret, and
 * silently lets the last of two variables win.
 *
 * @param owner what sets the variables, such as `the exporter`
 */
export function requireUnset(
  container: ecs.ContainerDefinition,
  names: readonly string[],
  owner: string,
): void {
  const { environment = [], secrets = [] } = container.renderContainerDefinition() as {
    environment?: { name: string }[];
    secrets?: { name: string }[];
  };
  const taken = [...environment, ...secrets].map(({ name }) => name);
  const twice = names.find((name) => taken.includes(name));
  if (twice !== undefined) {
    throw new Error(
      `\`${twice}\` must be left to ${owner}, remove it from the container, got: already set in ${container.node.path}`,
    );
  }
}

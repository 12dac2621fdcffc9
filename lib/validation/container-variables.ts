import { AspectPriority, Aspects, type IAspect, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

interface Named {
  readonly name: string;
}

interface Variables {
  readonly environment?: readonly Named[];
  readonly secrets?: readonly Named[];
}

/**
 * Sets variables and secrets of a container, and acknowledges the variables, which hold no secret, to cdk-nag.
 *
 * @param owner what needs them, such as `the exporter`
 * @throws if the container already has one of them: ECS refuses a name that is both a variable and a secret, and silently lets
 * the last of two variables win
 */
export function setVariables(
  container: ecs.ContainerDefinition,
  owner: string,
  variables: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, ecs.Secret>> = {},
): void {
  requireUnset(container, [...Object.keys(variables), ...Object.keys(secrets)], owner);
  for (const [name, value] of Object.entries(variables)) {
    container.addEnvironment(name, value);
  }
  for (const [name, secret] of Object.entries(secrets)) {
    container.addSecret(name, secret);
  }
  acknowledgeVariables(container.taskDefinition, Object.keys(variables));
}

/**
 * Acknowledges that variables of a task's containers hold no secret. cdk-nag still reports a task definition that has any
 * other variable.
 */
export function acknowledgeVariables(
  taskDefinition: ecs.TaskDefinition,
  names: readonly string[],
): void {
  const aspects = Aspects.of(taskDefinition);
  let acknowledged = aspects.all.find((aspect) => aspect instanceof AcknowledgedVariables);
  if (!acknowledged) {
    acknowledged = new AcknowledgedVariables();
    aspects.add(acknowledged, { priority: AspectPriority.READONLY });
  }
  acknowledged.add(names);
}

/** cdk-nag reports a task definition, not a variable: it is acknowledged if all of its variables are. */
class AcknowledgedVariables implements IAspect {
  private readonly names = new Set<string>();

  public add(names: readonly string[]): void {
    names.forEach((name) => this.names.add(name));
  }

  public visit(node: IConstruct): void {
    if (
      node instanceof ecs.CfnTaskDefinition &&
      variablesOf(node).every((v) => this.names.has(v))
    ) {
      acknowledge(
        node,
        'AwsSolutions-ECS2',
        `No variable holds a secret: ${[...this.names].sort().join(', ')}.`,
      );
    }
  }
}

function variablesOf(task: ecs.CfnTaskDefinition): string[] {
  const containers = Stack.of(task).resolve(task.containerDefinitions) as readonly Variables[];
  return containers.flatMap(({ environment = [] }) => environment.map(({ name }) => name));
}

function requireUnset(
  container: ecs.ContainerDefinition,
  names: readonly string[],
  owner: string,
): void {
  const { environment = [], secrets = [] } = container.renderContainerDefinition() as Variables;
  const taken = [...environment, ...secrets].map(({ name }) => name);
  const twice = names.find((name) => taken.includes(name));
  if (twice !== undefined) {
    throw new Error(
      `\`${twice}\` must be left to ${owner}, remove it from the container, got: already set in ${container.node.path}`,
    );
  }
}

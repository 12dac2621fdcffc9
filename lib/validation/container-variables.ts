import { AspectPriority, Aspects, type IAspect, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

interface Entry {
  readonly name: string;
  /** Absent from a secret. */
  readonly value?: string;
}

interface Variables {
  readonly environment?: readonly Entry[];
  readonly secrets?: readonly Entry[];
}

/**
 * Sets variables and secrets of a container, and acknowledges the variables, which hold no secret, to cdk-nag. cdk-nag still
 * reports a task definition that has any other variable. At synth, one that was set again later is refused.
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
  const names = [...Object.keys(variables), ...Object.keys(secrets)];
  const mustBeLeft = (name: string) =>
    `\`${name}\` must be left to ${owner}, remove it from the container, got:`;
  const taken = entriesOf(container).find(({ name }) => names.includes(name));
  if (taken) {
    throw new Error(`${mustBeLeft(taken.name)} already set in ${container.node.path}`);
  }
  for (const [name, value] of Object.entries(variables)) {
    container.addEnvironment(name, value);
  }
  for (const [name, secret] of Object.entries(secrets)) {
    container.addSecret(name, secret);
  }
  container.node.addValidation({
    validate: () => {
      const entries = entriesOf(container);
      return names
        .filter((name) => {
          const [first, ...others] = entries.filter((entry) => entry.name === name);
          return others.length > 0 || first?.value !== variables[name];
        })
        .map((name) => `${mustBeLeft(name)} set again in ${container.node.path}`);
    },
  });
  acknowledgeVariables(container, Object.keys(variables));
}

function entriesOf(container: ecs.ContainerDefinition): Entry[] {
  const { environment = [], secrets = [] } = container.renderContainerDefinition() as Variables;
  return [...environment, ...secrets];
}

function acknowledgeVariables(container: ecs.ContainerDefinition, names: readonly string[]): void {
  const aspects = Aspects.of(container.taskDefinition);
  let acknowledged = aspects.all.find((aspect) => aspect instanceof AcknowledgedVariables);
  if (!acknowledged) {
    acknowledged = new AcknowledgedVariables();
    aspects.add(acknowledged, { priority: AspectPriority.READONLY });
  }
  acknowledged.add(container.containerName, names);
}

/** cdk-nag reports a task definition, not a variable: it is acknowledged if all of its variables are. */
class AcknowledgedVariables implements IAspect {
  private readonly names = new Map<string, readonly string[]>();

  public add(containerName: string, names: readonly string[]): void {
    this.names.set(containerName, [...(this.names.get(containerName) ?? []), ...names]);
  }

  public visit(node: IConstruct): void {
    if (node instanceof ecs.CfnTaskDefinition && this.hasAll(node)) {
      const names = [...new Set([...this.names.values()].flat())].sort();
      acknowledge(node, 'AwsSolutions-ECS2', `No variable holds a secret: ${names.join(', ')}.`);
    }
  }

  private hasAll(task: ecs.CfnTaskDefinition): boolean {
    const containers = Stack.of(task).resolve(task.containerDefinitions) as readonly (Variables & {
      readonly name: string;
    })[];
    return containers.every(({ name, environment = [] }) =>
      environment.every((variable) => this.names.get(name)?.includes(variable.name)),
    );
  }
}

import { type Graph, NotKnown, type Part, type Predicates } from './graph';
import { containersOf, serviceOf } from './parts';
import { lets } from './roles';

const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';

/** The state machines that a rule starts, and that deploy a service again. */
function machinesOf(rule: Part, graph: Graph): Part[] {
  const arns = rule.parts('Targets').map((target) => target.get('Arn'));
  return graph
    .ofType(STATE_MACHINE)
    .filter(
      (machine) =>
        arns.includes(machine.id) &&
        machine.text('DefinitionString').includes(':ecs:updateService"'),
    );
}

/** The rules of EventBridge that replace the tasks when a parameter changes. */
export function restartRulesOf(graph: Graph): Part[] {
  return graph
    .ofType('AWS::Events::Rule')
    .filter(
      (rule) =>
        rule.texts('EventPattern.source').includes('aws.ssm') && machinesOf(rule, graph).length > 0,
    );
}

export function restartMachinesOf(graph: Graph): Part[] {
  return restartRulesOf(graph).flatMap((rule) => machinesOf(rule, graph));
}

/** Whether a pattern of EventBridge, of names and lists of values, matches an event. */
function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) {
    if (pattern.some((item) => typeof item === 'object')) {
      throw new NotKnown('only EventBridge can evaluate its event pattern');
    }
    return pattern.includes(event);
  }
  return Object.entries(pattern as object).every(([key, item]) =>
    matches(item, (event as Record<string, unknown> | undefined)?.[key]),
  );
}

/** Predicates of facts.md. */
export const RESTART_PREDICATES: Predicates = {
  'match a new value of a parameter that a container reads': (rule, property, graph) =>
    containersOf(graph)
      .flatMap((container) => container.parts('Secrets'))
      .map((secret) => secret.text('ValueFrom').replace(/^arn:.*:parameter(?=\/)/, ''))
      .some((name) =>
        matches(rule.get(property), {
          ...graph.place,
          source: 'aws.ssm',
          'detail-type': 'Parameter Store Change',
          detail: { operation: 'Update', name },
        }),
      ),
  'have a role that may start it': (rule, property, graph) =>
    rule
      .parts(property)
      .every((target) =>
        lets(graph, 'events', target.get('RoleArn'), 'states:StartExecution', target.text('Arn')),
      ),
  'deploy the service again': (machine, property, graph) => {
    const service = serviceOf(graph);
    const definition = machine.text(property);
    return (
      definition.includes(`"${service.text('Cluster')}"`) &&
      definition.includes(`"${service.id}.Name"`) &&
      /"ForceNewDeployment":\s*true/.test(definition)
    );
  },
  'be a role that may update the service': (machine, property, graph) =>
    lets(graph, 'states', machine.get(property), 'ecs:UpdateService', serviceOf(graph).id),
};

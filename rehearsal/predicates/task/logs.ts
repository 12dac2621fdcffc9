import { type Graph, NotKnown, type Part, type Predicates } from '../graph';
import { logGroupsOf, T } from '../parts';

const OPTIONS =
  /^(awslogs-(group|region|stream-prefix|create-group|datetime-format|multiline-pattern|endpoint)|mode|max-buffer-size)$/;
const LOG = 'LogConfiguration';

/** Predicates of facts.md. */
export const LOGS_PREDICATES: Predicates = {
  'be absent or awslogs, with options that it has': (container, property) => {
    if (['splunk', 'awsfirelens'].includes(container.text(`${property}.LogDriver`))) {
      throw new NotKnown('the rehearsal knows awslogs only');
    }
    return (
      container.get(property) === undefined ||
      (container.get(`${property}.LogDriver`) === 'awslogs' &&
        container.get(`${property}.SecretOptions`) === undefined &&
        container.keysOf(`${property}.Options`).every((key) => OPTIONS.test(key)) &&
        container.text(`${property}.Options.awslogs-stream-prefix`) !== '')
    );
  },
  'have a mode and a buffer of awslogs': (container, property) =>
    /^(|(non-)?blocking)$/.test(container.text(`${property}.mode`)) &&
    /^(|\d+[kmg]?)$/i.test(container.text(`${property}.max-buffer-size`)),
  'be a log group of the template, in its region': (container, property, graph) => {
    if (container.get(LOG) === undefined) {
      return true;
    }
    const name = container.get(property);
    const isMade =
      graph.find(T.logGroup, name) !== undefined ||
      container.get(`${LOG}.Options.awslogs-create-group`) === 'true';
    // one that the template makes for nothing else is what was meant
    if (
      !isMade &&
      logGroupsOf(graph).length === 0 &&
      graph.ofType(T.logGroup).every(isOfAnother(graph))
    ) {
      throw new NotKnown(`${String(name)} is not in the template`);
    }
    return isMade && container.get(`${LOG}.Options.awslogs-region`) === graph.place.region;
  },
};

/** Whether something that writes logs, other than a task, refers to a log group. */
function isOfAnother(graph: Graph) {
  return ({ id }: Part) =>
    Object.entries(graph.template.Resources).some(
      ([other, { Type }]) =>
        !/^AWS::(ECS|Logs|IAM)::/.test(Type) && graph.referencesOf(other).includes(id),
    );
}

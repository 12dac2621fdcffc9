import { KINDS } from '../predicates/kinds';
import { Graph } from '../predicates/graph';
import { type Mistake, STATIC_CHECKS, VALIDATED } from '../static/facts';
import { VALIDATOR_CHECK } from '../static/static-checks';
import type { Template } from '../template/resolver';
import { type Mutation, mutation } from './mutation';

/** The mistakes in facts.md. */
export const FACT_MUTATIONS: readonly Mutation[] = [
  ...STATIC_CHECKS.flatMap(({ id, facts }) =>
    facts.map((fact) => ofMistake(`must ${fact.must}`, id, fact)),
  ),
  ...VALIDATED.map((mistake) => ofMistake(`= ${mistake.mistake}`, VALIDATOR_CHECK, mistake)),
];

function ofMistake(what: string, caughtBy: string, mistake: Mistake): Mutation {
  return mutation(`${mistake.kind}: ${mistake.property} ${what}`, caughtBy, ({ template }) => {
    makeMistake(mistake, template);
  });
}

/** Makes the mistake of a fact in the first part of its kind. */
export function makeMistake({ kind, property, mistake }: Mistake, template: Template): void {
  const graph = new Graph({
    stackName: '',
    account: undefined,
    region: undefined,
    template,
    images: {},
  });
  const [resourceId = '', container] = KINDS[kind]?.(graph)[0]?.id.split(/\.(.*)/) ?? [];
  const { Resources } = template as { Resources: Record<string, Editable> };
  const ofType = (type: string) =>
    Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
  const parse = (json = '') =>
    JSON.parse(
      json.replace(/(?<=")AWS::\w+::\w+(?=")/g, (name) => ofType(name)[0] ?? name),
    ) as Record<string, unknown>;
  const [, verb, type = '', path, json] =
    /^(no |\+ |)(AWS::[\w:]+)(?:\.(\S+) =)? ?(.*)$/.exec(mistake) ?? [];

  if (mistake === 'no DependsOn') {
    delete Resources[resourceId]?.DependsOn;
  } else if (verb === 'no ') {
    ofType(type).forEach((id) => Reflect.deleteProperty(Resources, id));
  } else if (verb === '+ ') {
    Resources.Added = { Type: type, Properties: parse(json?.replace('$', resourceId)) };
  } else if (path !== undefined) {
    ofType(type).forEach((id) => {
      set(Resources[id]?.Properties, path, parse(json));
    });
  } else {
    const resource = Resources[resourceId]?.Properties;
    const properties = kind === 'template' ? (template as object as typeof resource) : resource;
    const containers = properties?.ContainerDefinitions as Record<string, unknown>[] | undefined;
    const part =
      container === undefined ? properties : containers?.find(({ Name }) => Name === container);
    set(part, property, mistake === 'nothing' ? undefined : parse(mistake));
  }
}

interface Editable {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: unknown;
}

function set(from: unknown, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((item, key) => {
    const next = item as Record<string, unknown>;
    return (next[key] ??= {});
  }, from) as Record<string, unknown>;
  parent[last] = value;
}

import { Graph } from '../predicates/graph';
import { KINDS } from '../predicates/kinds';
import type { Template } from '../template/resolver';

type Json = Record<string, unknown>;
interface Item extends Json {
  Name?: string;
  Properties?: Json;
}

const REMOVE = /^no (\S+)$/;
const ADD = /^\+ (\S+) (.+)$/;
const SET = /^([A-Za-z0-9: ]+?)(?: (\d)|\((.+?)\))?\.(\S+) ([-+]?=) (.+)$/;

/**
 * Makes the changes that a line of mutations.md describes.
 *
 * @throws if the template has no such part
 */
export function change(template: Template, text: string): void {
  text
    .split('; ')
    .filter(Boolean)
    .forEach((step) => {
      makeStep(template, step);
    });
}

function makeStep(template: Template, step: string): void {
  const { Resources } = template as unknown as { Resources: Record<string, Item> };
  const ofType = (type: string, text = '') =>
    Object.keys(Resources).filter(
      (id) => Resources[id]?.Type === type && (id + JSON.stringify(Resources[id])).includes(text),
    );
  const parse = (json: string) =>
    json === 'nothing'
      ? undefined
      : (JSON.parse(
          json.replace(/"(AWS::\w+::\w+)(?:\((.+?)\))?"/g, (_, type: string, text?: string) =>
            JSON.stringify(ofType(type, text)[0] ?? type),
          ),
        ) as unknown);

  const [, removed] = REMOVE.exec(step) ?? [];
  const [, added, properties = ''] = ADD.exec(step) ?? [];
  const [, selector, index = '1', text, path = '', operator = '', value = ''] =
    SET.exec(step) ?? [];
  if (removed !== undefined) {
    ofType(removed).forEach((id) => Reflect.deleteProperty(Resources, id));
  } else if (added !== undefined) {
    Resources.Added = { Type: added, Properties: parse(properties) as Json };
  } else if (selector === 'template') {
    set(template as object as Item, path, operator, parse(value));
  } else {
    const ids = selector?.startsWith('AWS::')
      ? ofType(selector, text).slice(0, text === undefined ? Infinity : 1)
      : [idOfKind(template, selector ?? '', Number(index))];
    const items = ids.map((id) => itemOf(Resources, id));
    if (items.length === 0 || items.includes(undefined)) {
      throw new Error(`the template has nothing to change for: ${step}`);
    }
    items.forEach((item) => {
      set(item ?? {}, path, operator, parse(value));
    });
  }
}

function idOfKind(template: Template, kind: string, index: number): string {
  const nowhere = { stackName: '', account: undefined, region: undefined, images: {} };
  return KINDS[kind]?.(new Graph({ ...nowhere, template }))[index - 1]?.id ?? '';
}

/** Returns a resource, or a container of one. */
function itemOf(resources: Record<string, Item>, id: string): Item | undefined {
  const [resource = '', container] = id.split(/\.(.*)/);
  const item = resources[resource];
  const containers = item?.Properties?.ContainerDefinitions as Item[] | undefined;
  return container === undefined ? item : containers?.find(({ Name }) => Name === container);
}

/** Changes a property, which is among the `Properties` of a resource, but for `DependsOn`. */
function set(item: Item, path: string, operator: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const from = path === 'DependsOn' ? item : (item.Properties ?? item);
  const parent = keys.reduce((at, key) => (at[key] ??= {}) as Json, from);
  if (last.startsWith('$')) {
    const variable = { Name: last.slice(1), Value: value };
    const others = (item.Environment as Item[] | undefined) ?? [];
    item.Environment = others
      .filter(({ Name }) => Name !== variable.Name)
      .concat(value === undefined ? [] : variable);
  } else if (operator === '-=') {
    parent[last] = (parent[last] as unknown[]).filter(
      (element) => !JSON.stringify(element).includes(JSON.stringify(value)),
    );
  } else if (operator === '+=' && Array.isArray(value)) {
    parent[last] = [...(parent[last] as unknown[]), ...(value as unknown[])];
  } else {
    parent[last] = operator === '+=' ? { ...(parent[last] as Json), ...(value as Json) } : value;
  }
}

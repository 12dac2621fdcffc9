import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';

/** A resource of a template, in CloudFormation's words. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

const NEW = [
  ResourceImpact.WILL_CREATE,
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.MAY_REPLACE,
] as const;
const GONE = [
  ResourceImpact.WILL_DESTROY,
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.MAY_REPLACE,
] as const;

/**
 * What CloudFormation does to a stack when its template changes, as CDK's own diff tells it. CloudFormation creates and
 * updates first, and deletes when all that has succeeded.
 */
export class Change {
  /** Ids of the resources that are created, those that replace another one included. */
  public readonly created: readonly string[];

  /** Ids of the resources that are deleted, those that are replaced included. */
  public readonly deleted: readonly string[];

  /** How many resources differ. */
  public readonly size: number;

  constructor(
    public readonly before: Template,
    public readonly after: Template,
  ) {
    const { resources } = fullDiff(transparent(before), transparent(after));
    const withImpact = (impacts: readonly ResourceImpact[]) =>
      resources.logicalIds.filter((id) => impacts.includes(resources.get(id).changeImpact));
    this.created = withImpact(NEW);
    this.deleted = withImpact(GONE);
    this.size = resources.logicalIds.length;
  }

  /** The resources of a type that remain, as they were and as they become. */
  public remaining(type: string): { id: string; old: Resource; new: Resource }[] {
    return idsOf(this.before, type).flatMap((id) => {
      const [old, updated] = [this.before.Resources[id], this.after.Resources[id]];
      return old && updated && !this.deleted.includes(id) ? [{ id, old, new: updated }] : [];
    });
  }
}

export function idsOf({ Resources }: Template, ...types: readonly string[]): string[] {
  return Object.keys(Resources).filter((id) => types.includes(Resources[id]?.Type ?? ''));
}

/** Ids of the resources that a value refers to. */
export function references(value: unknown, { Resources }: Template): string[] {
  const names = [...JSON.stringify(value ?? null).matchAll(/\{"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/g)];
  return [...new Set(names.map(([, id = '']) => id).filter((id) => id in Resources))];
}

/** The diff does not look for references inside a function that it does not know. */
function transparent(template: Template): Record<string, unknown> {
  return JSON.parse(JSON.stringify(template).replaceAll('"Fn::Join"', '"Join"')) as never;
}

import { z } from 'zod';
import { Refusal } from '../refusal';
import { NOT_KNOWN, type Resource } from './resolver';

/** The resources of a template, resolved, by logical id. */
export type Resources = Readonly<Record<string, Resource>>;

export function idsOfType(resources: Resources, type: string): string[] {
  return Object.keys(resources).filter((id) => resources[id]?.Type === type);
}

/** Returns the logical id of the only resource of a type. */
export function onlyIdOfType(resources: Resources, type: string): string {
  const [id, ...others] = idsOfType(resources, type);
  if (id === undefined || others.length > 0) {
    throw new Refusal(
      `the rehearsal runs a stack with exactly one ${type}, got: ${[id ?? 'none', ...others].join(', ')}`,
    );
  }
  return id;
}

/** Parses the properties of one resource. */
export function readResource<T>(schema: z.ZodType<T>, resources: Resources, id: string): T {
  const resource = resources[id];
  const result = schema.safeParse(resource?.Properties);
  if (!result.success) {
    throw new Refusal(
      `${id} (${resource?.Type ?? 'not in the template'}) cannot be rehearsed:\n${z.prettifyError(result.error)}`,
    );
  }
  const [unknown] = NOT_KNOWN.exec(JSON.stringify(result.data)) ?? [];
  if (unknown !== undefined) {
    throw new Refusal(
      `${id} cannot be rehearsed: it has a value that is ${unknown}; give that of a parameter with --parameters NAME=VALUE`,
    );
  }
  return result.data;
}

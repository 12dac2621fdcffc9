/**
 * A resource of a synthesized template.
 */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * A synthesized template, as far as a bill needs it.
 */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * The resources of a type.
 */
export function resourcesOf(template: Template, type: string): readonly Resource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === type);
}

/**
 * A property, through objects and lists.
 *
 * @param path keys, with dots between them
 */
export function property(resource: Resource, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null
          ? (value as Record<string, unknown>)[key]
          : undefined,
      resource.Properties,
    );
}

/**
 * A property that is a list; empty if it is not there.
 */
export function list(resource: Resource, path: string): readonly unknown[] {
  const value = property(resource, path);
  return Array.isArray(value) ? value : [];
}

/**
 * A property that is a number, or text that is one.
 *
 * @throws for a value that only a deployment knows
 */
export function number(resource: Resource, path: string): number {
  const value = property(resource, path);
  const parsed = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  if (Number.isNaN(parsed)) {
    throw new Error(
      `${resource.Type} \`${path}\` must be a number in the template to be priced, got: ${JSON.stringify(value)}`,
    );
  }
  return parsed;
}

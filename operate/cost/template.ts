import { OperatorError } from '../operator-error';

/**
 * A resource of a synthesized template.
 */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * The part of a synthesized template that a bill needs.
 */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * Returns the resources of a type.
 */
export function resourcesOf(template: Template, type: string): readonly Resource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === type);
}

/**
 * Returns the property at a path of keys and indexes with dots, or `undefined`.
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
 * Returns a property that is a list, or an empty list.
 */
export function list(resource: Resource, path: string): readonly unknown[] {
  const value = property(resource, path);
  return Array.isArray(value) ? value : [];
}

/**
 * Returns a property that is a number, or a text with one.
 *
 * @throws OperatorError for any other value, such as one that is known only in a deployment
 */
export function number(resource: Resource, path: string): number {
  const value = property(resource, path);
  const parsed = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  if (Number.isNaN(parsed)) {
    throw new OperatorError(
      `${resource.Type} \`${path}\` must be a number in the template to be priced, got: ${JSON.stringify(value)}`,
    );
  }
  return parsed;
}

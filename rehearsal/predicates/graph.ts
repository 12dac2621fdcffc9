import { Refusal } from '../refusal';
import type { Assembly } from '../template/assembly';
import type { Place } from '../template/iam';
import { placeOf, resolverOf } from '../template/plan';
import { NOT_KNOWN, type Template } from '../template/resolver';
import type { Resources } from '../template/resources';

/**
 * Whether a property holds.
 *
 * @throws NotKnown if the answer depends on what only AWS knows
 */
export type Predicate = (part: Part, property: string, graph: Graph) => boolean;
export type Predicates = Readonly<Record<string, Predicate>>;

/** A value that only AWS knows. What depends on it is not evaluated. */
export class NotKnown extends Error {}

/** The ID or the ARN of a resource that exists already. */
const EXISTING = /^([a-z]+-([0-9a-f]{8}|[0-9a-f]{17})|arn:[\w-]+:[\w-]+:[\w-]*:\d*:.+\/.+)$/;

/** The properties that name a resource, where the template may name it itself. */
const NAMES = ['RoleName', 'LogGroupName', 'ClusterName'];

/**
 * A resource, or a part of one such as a container, with its properties resolved.
 */
export class Part {
  public constructor(
    public readonly id: string,
    private readonly read: () => unknown,
    private readonly looked: Set<string>,
  ) {}

  /** Returns the value at a path of keys with dots, which may be missing. */
  public get(path: string): unknown {
    this.looked.add(this.id);
    const value = path
      .split('.')
      .reduce<unknown>((from, key) => (isRecord(from) ? from[key] : undefined), this.read());
    if (typeof value === 'string' && NOT_KNOWN.test(value)) {
      throw new NotKnown(`${path} is ${value}`);
    }
    return value;
  }

  public text(path: string, otherwise = ''): string {
    const value = this.get(path) ?? otherwise;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  public number(path: string, otherwise = NaN): number {
    return Number(this.get(path) ?? otherwise);
  }

  public texts(path: string): string[] {
    const texts = [this.get(path) ?? []].flat().map(String);
    const unknown = texts.find((text) => NOT_KNOWN.test(text));
    if (unknown !== undefined) {
      throw new NotKnown(`${path} has ${unknown}`);
    }
    return texts;
  }

  /** Returns the objects of a list, named after their `Name`, if they have one. */
  public parts(path: string): Part[] {
    return [this.get(path) ?? []].flat().map((item: unknown, index) => {
      const name = isRecord(item) && typeof item.Name === 'string' ? item.Name : String(index);
      return new Part(`${this.id}.${name}`, () => item, this.looked);
    });
  }

  /** Returns the keys at a path, or those of the part itself. */
  public keysOf(path?: string): string[] {
    const value = path === undefined ? this.read() : this.get(path);
    return isRecord(value) ? Object.keys(value) : [];
  }
}

/**
 * The resources of a template, and how they refer to each other.
 */
export class Graph {
  /** IDs of the resources that a fact has read. */
  public readonly looked = new Set<string>();
  private readonly all: ReadonlyMap<string, Part>;

  public readonly template: Template;
  public readonly images: Assembly['images'];
  public readonly resources: Resources;
  /** Account and region of the deployment, each an example if the stack does not state it. */
  public readonly place: Place;
  /** What the stack states of them. */
  public readonly stated: Partial<Place>;
  /** Descriptions of the assertions in the template's rules that are false. */
  public readonly failedAssertions: readonly string[];

  constructor(assembly: Assembly) {
    const resolver = resolverOf(assembly, {});
    this.template = assembly.template;
    this.images = assembly.images;
    this.resources = resolver.resources();
    this.place = placeOf(assembly);
    this.stated = assembly;
    this.failedAssertions = resolver.failedAssertions();
    this.all = new Map(
      Object.entries(this.resources).map(([id, resource]) => [
        id,
        new Part(id, () => resource.Properties ?? {}, this.looked),
      ]),
    );
  }

  /** The template as a whole. */
  public get root(): Part {
    return new Part('The template', () => this.template, this.looked);
  }

  public ofType(type: string): Part[] {
    return [...this.all].flatMap(([id, part]) => (this.resources[id]?.Type === type ? [part] : []));
  }

  /**
   * Returns the resource of a type that a value refers to.
   *
   * @throws NotKnown if the value is about a resource outside the template, or may be, because it has none of that type
   */
  public find(type: string, reference: unknown): Part | undefined {
    const text = String(reference);
    const parts = this.ofType(type);
    const found = parts.find((part) =>
      [part.id, `${part.id}.GroupId`, ...NAMES.map((name) => part.get(name))].some(
        (name) => text === name || text.endsWith(`:${String(name)}`),
      ),
    );
    if (!found && reference !== undefined && (parts.length === 0 || EXISTING.test(text))) {
      throw new NotKnown(`${text} is not in the template`);
    }
    return found;
  }

  /** Whether CloudFormation creates one resource after another. */
  public dependsOn(from: string, to: string, seen = new Set<string>()): boolean {
    return this.referencesOf(from).some((next) => {
      const isNew = !seen.has(next);
      seen.add(next);
      return next === to || (isNew && this.dependsOn(next, to, seen));
    });
  }

  /** Returns what a resource refers to in its properties or in `DependsOn`. */
  public referencesOf(id: string): string[] {
    const { Properties, DependsOn = [] } = this.template.Resources[id] ?? {};
    const json = JSON.stringify(Properties ?? {});
    return [
      ...[DependsOn].flat(),
      ...[...json.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)/g)].map(([, name = '']) => name),
    ].filter((name) => name !== 'AWS');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the error is about the template, not about the rehearsal's own code. */
export function isAboutTemplate(error: unknown): error is Error {
  return error instanceof NotKnown || error instanceof Refusal;
}

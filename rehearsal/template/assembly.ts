import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../refusal';
import type { Template } from './resolver';

/**
 * What `cdk synth` wrote for a stack, as seen from one of its services.
 */
export interface Assembly {
  /** Logical ID of the service; `undefined` if the stack has none. */
  readonly serviceId?: string;
  readonly stackName: string;
  /** Account and region, if the assembly states them. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly template: Template;
  /** The images that the assembly builds, by the hash in their tag. */
  readonly images: Readonly<Record<string, ImageBuild>>;
}

/** How an image is built, and where it is pushed. */
export interface ImageBuild {
  /** The build context. */
  readonly context: string;
  /** The Dockerfile, relative to the context. */
  readonly dockerfile: string;
  /** Where it is pushed to, with pseudo parameters, such as `repository-${AWS::Region}`. */
  readonly repository: string;
  /** Such as `linux/amd64`, or `undefined` for that of the machine that builds it. */
  readonly platform: string | undefined;
}

const TASK = 'AWS::ECS::TaskDefinition';
const SERVICE = 'AWS::ECS::Service';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      displayName: z.string().optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const assetsSchema = z.object({
  dockerImages: z
    .record(
      z.string(),
      z.object({
        source: z.object({
          directory: z.string().optional(),
          dockerFile: z.string().default('Dockerfile'),
          platform: z.string().optional(),
        }),
        destinations: z.record(z.string(), z.object({ repositoryName: z.string() })),
      }),
    )
    .default({}),
});

/**
 * Reads the templates of an assembly, once for each service that has an X-Ray daemon, or for each service if none has.
 */
export function readAssemblies(directory: string): Assembly[] {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new Refusal(
      `--assembly ${directory} has no manifest.json; pass a directory that \`cdk synth\` wrote`,
    );
  }
  const { artifacts } = readJson(manifestFile, manifestSchema);
  const stacks = Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([name, artifact]) => {
      const file = join(directory, String(artifact.properties?.templateFile));
      return { name, artifact, template: readTemplate(file) };
    });
  const withTask = stacks.filter(({ template }) => idsOf(template, TASK).length > 0);
  if (withTask.length === 0) {
    throw new Refusal(
      `no stack in ${directory} has an AWS::ECS::TaskDefinition, so there is nothing to rehearse; ` +
        `its stacks: ${stacks.map(({ name }) => name).join(', ') || 'none'}`,
    );
  }
  return withTask.flatMap(({ name, artifact, template }) => {
    const [account, region] = (artifact.environment ?? '').replace('aws://', '').split('/');
    const stack = {
      stackName: artifact.displayName ?? name,
      account: account?.startsWith('unknown') ? undefined : account,
      region: region?.startsWith('unknown') ? undefined : region,
      images: readImages(directory, `${name}.assets.json`),
    };
    return viewsOf(template).map((view) => {
      // an image of another service is not missing here
      const isOfAnother = (hash: string) =>
        JSON.stringify(template).includes(hash) && !JSON.stringify(view.template).includes(hash);
      const images = Object.entries(stack.images).filter(([hash]) => !isOfAnother(hash));
      return { ...stack, ...view, images: Object.fromEntries(images) };
    });
  });
}

/** Returns the template as each of its services needs it. */
function viewsOf(template: Template): Pick<Assembly, 'serviceId' | 'template'>[] {
  const services = idsOf(template, SERVICE);
  if (services.length < 2) {
    return [{ ...(services[0] === undefined ? {} : { serviceId: services[0] }), template }];
  }
  const taskOf = (id: string) => {
    const { Ref } = (template.Resources[id]?.Properties?.TaskDefinition ?? {}) as { Ref?: string };
    return Ref ?? '';
  };
  const isTraced = (id: string) =>
    JSON.stringify(template.Resources[taskOf(id)] ?? '').includes('aws-xray-daemon');
  const traced = services.filter(isTraced);
  return (traced.length > 0 ? traced : services).map((serviceId) => {
    const others = services.filter((id) => id !== serviceId);
    const tasks = others.map(taskOf).filter((id) => id !== taskOf(serviceId));
    return { serviceId, template: without(template, [...others, ...tasks]) };
  });
}

/** Returns a template without some resources, and without what refers to them. */
function without({ Outputs = {}, ...template }: Template, ids: readonly string[]): Template {
  const removed = new Set(ids);
  const isKept = ([id, item]: [string, unknown]) =>
    !removed.has(id) && !referencesIn(item).some((name) => removed.has(name));
  let kept = Object.entries(template.Resources);
  for (let before = Infinity; kept.length < before;) {
    before = kept.length;
    kept = kept.filter((entry) => {
      const keeps = isKept(entry);
      return keeps || !removed.add(entry[0]);
    });
  }
  return {
    ...template,
    Resources: Object.fromEntries(kept),
    Outputs: Object.fromEntries(Object.entries(Outputs).filter(isKept)),
  };
}

/** Returns the logical IDs that `Ref`, `Fn::GetAtt`, and `DependsOn` name. */
function referencesIn(item: unknown): string[] {
  const { DependsOn = [] } = item as { DependsOn?: string | string[] };
  const json = JSON.stringify(item);
  return [
    ...[DependsOn].flat(),
    ...[...json.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)/g)].map(([, id = '']) => id),
  ];
}

function readTemplate(file: string): Template {
  const schema = z.looseObject({
    Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
  });
  return readJson(file, schema);
}

function idsOf({ Resources }: Template, type: string): string[] {
  return Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
}

function readImages(directory: string, file: string): Assembly['images'] {
  const path = join(directory, file);
  if (!existsSync(path)) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(readJson(path, assetsSchema).dockerImages).flatMap(
      ([hash, { source, destinations }]) => {
        const [destination] = Object.values(destinations);
        const { directory: own, dockerFile: dockerfile, platform } = source;
        return own === undefined || destination === undefined
          ? []
          : [
              [
                hash,
                {
                  context: resolve(directory, own),
                  dockerfile,
                  repository: destination.repositoryName,
                  platform,
                },
              ],
            ];
      },
    ),
  );
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Refusal(`${file} cannot be read: ${reason}`);
  }
}

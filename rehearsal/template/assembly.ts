import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../refusal';
import type { Template } from './resolver';

/**
 * What `cdk synth` wrote for the stack that runs the task.
 */
export interface Assembly {
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
 * Reads an assembly and the template of its only stack with an ECS task.
 */
export function readAssembly(directory: string): Assembly {
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
  const [stack, another] = stacks.filter(({ template }) => hasTask(template));
  if (!stack) {
    throw new Refusal(
      `no stack in ${directory} has an AWS::ECS::TaskDefinition, so there is nothing to rehearse; ` +
        `its stacks: ${stacks.map(({ name }) => name).join(', ') || 'none'}`,
    );
  }
  if (another) {
    throw new Refusal(
      `${stack.name} and ${another.name} both have a task; synthesize one of them alone and pass ` +
        `its directory with --assembly`,
    );
  }
  const [account, region] = (stack.artifact.environment ?? '').replace('aws://', '').split('/');
  return {
    stackName: stack.artifact.displayName ?? stack.name,
    account: account?.startsWith('unknown') ? undefined : account,
    region: region?.startsWith('unknown') ? undefined : region,
    template: stack.template,
    images: readImages(directory, `${stack.name}.assets.json`),
  };
}

function readTemplate(file: string): Template {
  const schema = z.looseObject({
    Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
  });
  return readJson(file, schema);
}

function hasTask({ Resources }: Template): boolean {
  return Object.values(Resources).some(({ Type }) => Type === 'AWS::ECS::TaskDefinition');
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

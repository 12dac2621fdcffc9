import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  AssetManifestArtifact,
  CloudAssembly,
  type CloudFormationStackArtifact,
  UNKNOWN_ACCOUNT,
  UNKNOWN_REGION,
} from '@aws-cdk/cloud-assembly-api';
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
  /** Values of the template's parameters, as given to a deployment. */
  readonly parameters?: Readonly<Record<string, string>>;
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

/**
 * Reads the templates of an assembly, once for each service that has an X-Ray daemon, or for each service if none has.
 */
export function readAssemblies(
  directory: string,
  parameters: Readonly<Record<string, string>> = {},
): Assembly[] {
  if (!existsSync(join(directory, 'manifest.json'))) {
    throw new Refusal(
      `--assembly ${directory} has no manifest.json; pass a directory that \`cdk synth\` wrote`,
    );
  }
  const stacks = stacksIn(directory);
  const withTask = stacks.filter(({ template }) => idsOf(template as Template, TASK).length > 0);
  if (withTask.length === 0) {
    throw new Refusal(
      `no stack in ${directory} has an AWS::ECS::TaskDefinition, so there is nothing to rehearse; ` +
        `its stacks: ${stacks.map(({ displayName }) => displayName).join(', ') || 'none'}`,
    );
  }
  const declared = new Set(
    withTask.flatMap(({ template }) => Object.keys((template as Template).Parameters ?? {})),
  );
  const unknown = Object.keys(parameters).find((name) => !declared.has(name));
  if (unknown !== undefined) {
    throw new Refusal(
      `--parameters must name one of ${[...declared].join(', ') || 'none'}, got: ${unknown}`,
    );
  }
  return withTask.flatMap((artifact) => {
    const { account, region } = artifact.environment;
    const template = artifact.template as Template;
    const stack = {
      stackName: artifact.stackName,
      account: account === UNKNOWN_ACCOUNT ? undefined : account,
      region: region === UNKNOWN_REGION ? undefined : region,
      parameters,
    };
    const builds = imagesOf(artifact);
    return viewsOf(template).map((view) => {
      // an image of another service is not missing here
      const isOfAnother = (hash: string) =>
        JSON.stringify(template).includes(hash) && !JSON.stringify(view.template).includes(hash);
      const images = Object.fromEntries(builds.filter(([hash]) => !isOfAnother(hash)));
      return { ...stack, ...view, images };
    });
  });
}

function stacksIn(directory: string): CloudFormationStackArtifact[] {
  try {
    const stacks = new CloudAssembly(directory).stacksRecursively;
    // each is read when it is first asked for
    stacks.forEach(({ template }) => template as unknown);
    return stacks;
  } catch (error) {
    throw new Refusal(`${directory} cannot be read: ${String(error)}`);
  }
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

function idsOf({ Resources }: Template, type: string): string[] {
  return Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
}

function imagesOf({ dependencies, assembly }: CloudFormationStackArtifact): [string, ImageBuild][] {
  const images = dependencies
    .filter(AssetManifestArtifact.isAssetManifestArtifact)
    .flatMap(({ contents }) => Object.entries(contents.dockerImages ?? {}));
  return images.flatMap(([hash, { source, destinations }]) => {
    const [destination] = Object.values(destinations);
    const { directory, dockerFile: dockerfile = 'Dockerfile', platform } = source;
    return directory === undefined || destination === undefined
      ? []
      : [
          [
            hash,
            {
              context: resolve(assembly.directory, directory),
              dockerfile,
              repository: destination.repositoryName,
              platform,
            },
          ],
        ];
  });
}

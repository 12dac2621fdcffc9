import { Token } from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { parseImageReference } from './image-reference';

/**
 * What tells the image of a container from another version of it: the hash of its sources if CDK builds it, otherwise its tag
 * or else its digest; `undefined` if it is known only at deployment.
 */
export function imageVersionOf(container: ecs.ContainerDefinition): string | undefined {
  const asset = container.node.findAll().find((child) => child instanceof DockerImageAsset);
  if (asset) {
    return asset.assetHash;
  }
  const { imageName } = container;
  const { tag, digest } = Token.isUnresolved(imageName)
    ? {}
    : (parseImageReference(imageName) ?? {});
  return tag ?? digest;
}

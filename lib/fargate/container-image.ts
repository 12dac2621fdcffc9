import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/**
 * The image of a service, and what it supports.
 */
export interface ServiceImage {
  /**
   * Where ECS pulls the image from.
   */
  readonly containerImage: ecs.ContainerImage;

  /**
   * Command in the image that exits with 0 while the application is healthy, in exec form: `['CMD', ...]`.
   *
   * @default - ECS relies on the load balancer's health check
   */
  readonly healthCheckCommand?: string[];

  /**
   * Whether the application can run on a read-only file system: it writes nothing but to `/dev/shm`.
   *
   * @default false
   */
  readonly readonlyRootFilesystem?: boolean;
}

/**
 * An image that is built from a directory with a Dockerfile, for the given processor whatever machine builds it.
 */
export function builtImage(directory: string, cpuArchitecture: ecs.CpuArchitecture): ServiceImage {
  const arm64 = cpuArchitecture === ecs.CpuArchitecture.ARM64;
  return {
    containerImage: ecs.ContainerImage.fromAsset(directory, {
      platform: arm64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    }),
  };
}

const PRIVATE_ECR =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<name>[^:@]+)[:@](?<tag>.+)$/;

/**
 * An image from a registry. A private repository in ECR also grants the task permission to pull, within the account; a
 * repository of another account must itself allow it too.
 *
 * @param reference `<repository>:<tag>` or `<repository>@<digest>`
 */
export function referencedImage(scope: Construct, id: string, reference: string): ServiceImage {
  const { account, region, name, tag } = PRIVATE_ECR.exec(reference)?.groups ?? {};
  if (!account || !region || !name || !tag) {
    return { containerImage: ecs.ContainerImage.fromRegistry(reference) };
  }
  const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  const repository = ecr.Repository.fromRepositoryArn(
    scope,
    id,
    `arn:${partition}:ecr:${region}:${account}:repository/${name}`,
  );
  return { containerImage: ecs.ContainerImage.fromEcrRepository(repository, tag) };
}

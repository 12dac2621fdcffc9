import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/**
 * An image, and what ECS may ask of it.
 */
export interface BackendImage {
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
   * Whether the application writes nothing outside of `/dev/shm`.
   *
   * @default false
   */
  readonly readonlyRootFilesystem?: boolean;
}

/**
 * The image that is built from a directory with this project's Dockerfile.
 */
export function builtImage(directory: string, cpuArchitecture: ecs.CpuArchitecture): BackendImage {
  const arm64 = cpuArchitecture === ecs.CpuArchitecture.ARM64;
  return {
    containerImage: ecs.ContainerImage.fromAsset(directory, {
      platform: arm64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    }),
    healthCheckCommand: ['CMD', 'python', 'healthcheck.py'],
    readonlyRootFilesystem: true,
  };
}

const PRIVATE_ECR =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<name>[^:@]+)[:@](?<tag>.+)$/;

/**
 * An image from a registry. For a private repository in ECR the task gets the permission to pull, in the same account; a
 * repository of another account must allow it too.
 *
 * @param reference `<repository>:<tag>` or `<repository>@<digest>`
 */
export function referencedImage(scope: Construct, id: string, reference: string): BackendImage {
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

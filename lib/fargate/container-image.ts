import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { PropError } from '../validation/prop-checks';

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

/**
 * What the reference of an image must be, in words.
 */
export const IMAGE_REFERENCE_RULE =
  'an image with a tag, not latest, or a digest: [<registry>/]<repository>:<tag>';

// Docker's grammar, https://pkg.go.dev/github.com/distribution/reference
const HOST = /[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*/.source;
const PORT = /:\d{1,5}/.source;
const PART = /[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*/.source;
const REFERENCE = new RegExp(
  // a dot or a port tells a registry from the first part of a path
  `^(?:(?<registry>localhost|(?=[^/]*[.:])${HOST}(?:${PORT})?)/)?` +
    `(?<repository>${PART}(?:/${PART})*)` +
    /(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/.source,
);
const REGISTRY_ALONE = new RegExp(`^(?:localhost|(?=.*\\.)${HOST})${PORT}$`);

/**
 * Whether a registry takes the reference, and always gives the same image for it.
 */
export function isPinnedImage(reference: string): boolean {
  const { repository, tag, digest } = REFERENCE.exec(reference)?.groups ?? {};
  const isPinned = digest !== undefined || (tag !== undefined && !/^latest$/i.test(tag));
  return repository !== undefined && isPinned && !REGISTRY_ALONE.test(reference);
}

// IPv4, dual-stack and FIPS, as https://docs.aws.amazon.com/general/latest/gr/ecr.html lists them
const PRIVATE_ECR =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.(?:com|com\.cn|eu)|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/**
 * An image from a registry. For a private repository in ECR the task gets the permission to pull, in the same account; a
 * repository of another account must allow it too.
 *
 * @param reference `[<registry>/]<repository>:<tag>` or `[<registry>/]<repository>@<digest>`
 * @throws for a reference that no registry takes, and for one whose image may change
 */
export function referencedImage(scope: Construct, id: string, reference: string): BackendImage {
  if (!isPinnedImage(reference)) {
    throw new PropError('reference', `be ${IMAGE_REFERENCE_RULE}`, reference);
  }
  const { registry = '', repository } = REFERENCE.exec(reference)?.groups ?? {};
  const { account, region } = PRIVATE_ECR.exec(registry)?.groups ?? {};
  if (!account || !region || !repository) {
    return { containerImage: ecs.ContainerImage.fromRegistry(reference) };
  }
  const partition = RegionInfo.get(region).partition ?? 'aws';
  const arn = `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
  return {
    containerImage: new PulledImage(reference, ecr.Repository.fromRepositoryArn(scope, id, arn)),
  };
}

/** CDK's own image from ECR replaces the domain that was given with that of the IPv4 endpoint. */
class PulledImage extends ecs.ContainerImage {
  constructor(
    private readonly imageName: string,
    private readonly repository: ecr.IRepository,
  ) {
    super();
  }

  public bind(_scope: Construct, container: ecs.ContainerDefinition): ecs.ContainerImageConfig {
    this.repository.grantPull(container.taskDefinition.obtainExecutionRole());
    return { imageName: this.imageName };
  }
}

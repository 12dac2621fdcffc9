import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import { IMAGE_REFERENCE_RULE, isPinnedImage, parseImageReference } from './image-reference';

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

// IPv4, dual-stack and FIPS, as https://docs.aws.amazon.com/general/latest/gr/ecr.html lists them
const PRIVATE_ECR =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.(?:com|com\.cn|eu)|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/**
 * Images of services.
 */
export class ServiceImages {
  /**
   * An image that is built for the given processor, whatever machine builds it.
   *
   * @param directory the build context
   * @param dockerfile the Dockerfile, relative to the context; by default `Dockerfile`
   */
  public static fromDirectory(
    directory: string,
    cpuArchitecture: ecs.CpuArchitecture,
    dockerfile?: string,
  ): ServiceImage {
    const arm64 = cpuArchitecture === ecs.CpuArchitecture.ARM64;
    return {
      containerImage: ecs.ContainerImage.fromAsset(directory, {
        file: dockerfile,
        platform: arm64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      }),
    };
  }

  /**
   * An image from a registry. A private repository in ECR also grants the task permission to pull, within the account; a
   * repository of another account must itself allow it too.
   *
   * @param reference `[<registry>/]<repository>:<tag>` or `[<registry>/]<repository>@<digest>`
   * @throws for a reference that no registry accepts, and for one whose image may change
   */
  public static fromReference(scope: Construct, id: string, reference: string): ServiceImage {
    if (!isPinnedImage(reference)) {
      throw new PropError('reference', `be ${IMAGE_REFERENCE_RULE}`, reference);
    }
    const { registry = '', repository } = parseImageReference(reference) ?? {};
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

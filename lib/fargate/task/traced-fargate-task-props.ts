import type { Duration } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ServiceImage } from './container-image';
import type { HoneycombApiKey } from '../../honeycomb/honeycomb-api-key';
import type { HoneycombRegion } from '../../honeycomb/honeycomb-exporter';

/**
 * Properties for `TracedFargateTask`.
 */
export interface TracedFargateTaskProps {
  /**
   * Name of the service in X-Ray and Honeycomb, 1 to 64 characters. The container is named after it, with dashes for the
   * characters that ECS does not allow.
   */
  readonly serviceName: string;

  /**
   * The application, instrumented with the X-Ray SDK and OpenTelemetry, listening on `PORT`.
   */
  readonly image: ServiceImage;

  /**
   * The API key with which the application sends its spans to Honeycomb. Either this or `otlpEndpoint` is required.
   *
   * @default - the spans go to `otlpEndpoint`
   */
  readonly honeycombApiKey?: HoneycombApiKey;

  /**
   * Honeycomb region that stores the data.
   *
   * @default HoneycombExporter.DEFAULT_REGION
   */
  readonly honeycombRegion?: HoneycombRegion;

  /**
   * Base URL of another endpoint for the spans, one that accepts OTLP over HTTP, without `/v1/traces`.
   *
   * @default - the spans go to Honeycomb
   */
  readonly otlpEndpoint?: string;

  /**
   * Headers for `otlpEndpoint`: a secret whose value is comma-separated `name=value` pairs, values percent-encoded.
   *
   * @default - no headers
   */
  readonly otlpHeaders?: ecs.Secret;

  /**
   * Port of the application, 1 to 65535, not the daemon's 2000.
   */
  readonly containerPort: number;

  /**
   * Path that answers 200 while the application is healthy. Requests to it make no spans. To change it behind a load balancer
   * without interruption, an image without a `healthCheckCommand` must answer 200 at both paths while its tasks are replaced.
   */
  readonly healthCheckPath: string;

  /**
   * CPU units of a task (1024 are one vCPU), the daemon's share included; a number that Fargate offers.
   *
   * @default TracedFargateTask.DEFAULT_CPU
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB, the daemon's share included; a number that Fargate offers with `cpu`.
   *
   * @default TracedFargateTask.DEFAULT_MEMORY_MIB
   */
  readonly memoryMiB?: number;

  /**
   * CPU units of the application; what is left is for further containers.
   *
   * @default - all that the daemon leaves
   */
  readonly applicationCpu?: number;

  /**
   * Memory in MiB above which ECS stops the application; what is left is for further containers.
   *
   * @default - all that the daemon leaves
   */
  readonly applicationMemoryMiB?: number;

  /**
   * Version of the service, as OpenTelemetry's resource attribute `service.version`.
   *
   * @default - the image's tag or digest, or the hash of the asset that it is built from
   */
  readonly serviceVersion?: string;

  /**
   * Where the service runs, such as `staging`, as OpenTelemetry's resource attribute `deployment.environment.name`.
   *
   * @default - none
   */
  readonly environmentName?: string;

  /**
   * Image of the X-Ray daemon, for a VPC from which public registries cannot be reached.
   *
   * @default - `XRayDaemon.DEFAULT_IMAGE`
   */
  readonly daemonImage?: ecs.ContainerImage;

  /**
   * Processor that the image is built for.
   *
   * @default - x86_64, as in ECS
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * Time between SIGTERM and SIGKILL in which the application can stop, at most 120 seconds.
   *
   * @default - 30 seconds, as in ECS
   */
  readonly stopTimeout?: Duration;

  /**
   * Prefix of the application's log streams.
   *
   * @default - the name of the container
   */
  readonly streamPrefix?: string;
}

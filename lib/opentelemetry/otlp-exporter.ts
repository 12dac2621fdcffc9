import { Token } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { excludedUrls } from './excluded-urls';
import { exportingContainer } from './exporting-container';
import { renderResourceAttributes } from './resource-attributes';
import { PropError } from '../validation/prop-error';
import { setVariables } from '../validation/container-variables';

const HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS';

/**
 * What every exporter can be told, wherever it sends the spans.
 */
export interface ExporterOptions {
  /**
   * Name of the service as OpenTelemetry's resource attribute `service.name`.
   */
  readonly serviceName: string;

  /**
   * Further attributes that all spans carry, such as `deployment.environment.name`. Values may be any text.
   *
   * @default - none
   */
  readonly resourceAttributes?: Record<string, string>;

  /**
   * Paths whose requests produce no spans, such as the health check's. Each is this one path, with any query.
   *
   * @default - every request produces spans
   */
  readonly excludedPaths?: string[];

  /**
   * Name of the container that exports.
   *
   * @default - the task definition's default container
   */
  readonly containerName?: string;
}

/**
 * Properties for `OtlpExporter`.
 */
export interface OtlpExporterProps extends ExporterOptions {
  /**
   * URL that accepts OTLP over HTTP, without `/v1/traces`, which OpenTelemetry appends.
   */
  readonly endpoint: string;

  /**
   * Headers, which usually hold a key: comma-separated `name=value` pairs, values percent-encoded.
   *
   * @default - none
   */
  readonly headers?: ecs.Secret;
}

/**
 * Configures a container to send its spans anywhere over OTLP, with the standard OpenTelemetry variables.
 *
 * @example
 * taskDefinition.addExtension(
 *   new OtlpExporter({ endpoint: 'https://otlp.example', serviceName: 'checkout', headers: ecs.Secret.fromSsmParameter(headers) }),
 * );
 */
export class OtlpExporter implements ecs.ITaskDefinitionExtension {
  /**
   * @throws for an endpoint that is not a URL, or that ends in the path that OpenTelemetry appends
   */
  constructor(private readonly props: OtlpExporterProps) {
    requireEndpoint(props.endpoint);
  }

  /**
   * Sets the variables and the secret; called by `taskDefinition.addExtension()`.
   *
   * @throws if the container does not exist yet, if it already has one of the variables, if a path contains a comma, or if the
   * name of an attribute is malformed
   */
  public extend(taskDefinition: ecs.TaskDefinition): void {
    const { endpoint, headers, serviceName, containerName } = this.props;
    const { resourceAttributes = {}, excludedPaths = [] } = this.props;
    const container = exportingContainer(taskDefinition, containerName);
    const attributes = renderResourceAttributes(resourceAttributes);
    const variables = {
      OTEL_SERVICE_NAME: serviceName,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      ...(attributes && { OTEL_RESOURCE_ATTRIBUTES: attributes }),
      ...(excludedPaths.length > 0 && {
        OTEL_PYTHON_FLASK_EXCLUDED_URLS: excludedUrls(excludedPaths),
      }),
    };
    setVariables(container, 'the exporter', variables, headers && { [HEADERS]: headers });
  }
}

function requireEndpoint(endpoint: string): void {
  if (
    !Token.isUnresolved(endpoint) &&
    (!/^https?:\/\/[^\s/?#]+[^\s?#]*$/.test(endpoint) || /\/v1\/traces\/?$/.test(endpoint))
  ) {
    throw new PropError(
      'endpoint',
      'be an http or https URL without the /v1/traces that OpenTelemetry appends',
      endpoint,
    );
  }
}

import { Token } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { HoneycombApiKey } from './honeycomb-api-key';

/**
 * Where Honeycomb keeps the data.
 */
export enum HoneycombRegion {
  US = 'us',
  EU = 'eu',
}

/** @see https://docs.honeycomb.io/send-data/opentelemetry/#honeycomb-endpoint */
export const HONEYCOMB_ENDPOINT: Readonly<Record<HoneycombRegion, string>> = {
  [HoneycombRegion.US]: 'https://api.honeycomb.io',
  [HoneycombRegion.EU]: 'https://api.eu1.honeycomb.io',
};

/**
 * Properties for `HoneycombExporter`.
 */
export interface HoneycombExporterProps {
  /**
   * The API key. The application makes the header `x-honeycomb-team` of it, because ECS cannot put a secret inside another
   * variable.
   */
  readonly apiKey: HoneycombApiKey;

  /**
   * Name of the service as OpenTelemetry's resource attribute `service.name`, which is the dataset in Honeycomb.
   */
  readonly serviceName: string;

  /**
   * Where Honeycomb keeps the data.
   *
   * @default HoneycombRegion.US
   */
  readonly region?: HoneycombRegion;

  /**
   * Paths whose requests make no spans, such as the health check's.
   *
   * @default - every request makes spans
   */
  readonly excludedPaths?: readonly string[];

  /**
   * Name of the container that exports.
   *
   * @default - the task definition's default container
   */
  readonly containerName?: string;
}

/**
 * Gives a container the standard OpenTelemetry variables that lead its spans to Honeycomb, and the API key as the secret
 * `HONEYCOMB_API_KEY`.
 *
 * @example
 * taskDefinition.addExtension(new HoneycombExporter({ apiKey, serviceName: 'backend-flask' }));
 */
export class HoneycombExporter implements ecs.ITaskDefinitionExtension {
  constructor(private readonly props: HoneycombExporterProps) {}

  /**
   * Sets the variables and the secret; called by `taskDefinition.addExtension()`.
   *
   * @throws if the container is not there yet, if it has one of the names already, or if a path has a comma
   */
  public extend(taskDefinition: ecs.TaskDefinition): void {
    const { apiKey, serviceName, region = HoneycombRegion.US, excludedPaths = [] } = this.props;
    const container = this.containerOf(taskDefinition);
    const variables: Record<string, string> = {
      OTEL_SERVICE_NAME: serviceName,
      // without /v1/traces, which the exporter appends
      OTEL_EXPORTER_OTLP_ENDPOINT: HONEYCOMB_ENDPOINT[region],
      ...(excludedPaths.length > 0 && {
        OTEL_PYTHON_FLASK_EXCLUDED_URLS: excludedPaths.map(urlPattern).join(','),
      }),
    };
    requireUnset(container, [...Object.keys(variables), SECRET]);

    for (const [name, value] of Object.entries(variables)) {
      container.addEnvironment(name, value);
    }
    container.addSecret(SECRET, apiKey.toEcsSecret());
  }

  private containerOf(taskDefinition: ecs.TaskDefinition): ecs.ContainerDefinition {
    const { containerName } = this.props;
    const container =
      containerName === undefined
        ? taskDefinition.defaultContainer
        : taskDefinition.findContainer(containerName);
    if (!container) {
      throw new Error(
        `\`containerName\` must be a container of ${taskDefinition.node.path}, add it before the exporter, got: ${containerName ?? 'no container yet'}`,
      );
    }
    return container;
  }
}

const SECRET = 'HONEYCOMB_API_KEY';

/** OpenTelemetry searches for a regular expression in the whole URL, and splits the list at commas. */
function urlPattern(path: string): string {
  if (path.includes(',')) {
    throw new Error(`\`excludedPaths\` must have no comma in a path, got: ${path}`);
  }
  const literal = Token.isUnresolved(path) ? path : path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `${literal}$`;
}

/** ECS refuses a name that is both a variable and a secret; of two variables the last one silently wins. */
function requireUnset(container: ecs.ContainerDefinition, names: readonly string[]): void {
  const { environment = [], secrets = [] } = container.renderContainerDefinition() as {
    environment?: { name: string }[];
    secrets?: { name: string }[];
  };
  const taken = [...environment, ...secrets].map(({ name }) => name);
  const twice = names.find((name) => taken.includes(name));
  if (twice !== undefined) {
    throw new Error(
      `\`${twice}\` must be left to the exporter, remove it from the container, got: set already in ${container.node.path}`,
    );
  }
}

import { Token } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { HoneycombApiKey } from './honeycomb-api-key';

/**
 * Honeycomb region that stores the data.
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

const UI: Readonly<Record<HoneycombRegion, string>> = {
  [HoneycombRegion.US]: 'https://ui.honeycomb.io',
  [HoneycombRegion.EU]: 'https://ui.eu1.honeycomb.io',
};

/**
 * Properties for `HoneycombExporter`.
 */
export interface HoneycombExporterProps {
  /**
   * The API key. The application builds the header `x-honeycomb-team` from it, because ECS cannot insert a secret into
   * another variable.
   */
  readonly apiKey: HoneycombApiKey;

  /**
   * Name of the service as OpenTelemetry's resource attribute `service.name`, which is the dataset in Honeycomb.
   */
  readonly serviceName: string;

  /**
   * Honeycomb region that stores the data.
   *
   * @default HoneycombExporter.DEFAULT_REGION
   */
  readonly region?: HoneycombRegion;

  /**
   * Paths whose requests produce no spans, such as the health check's.
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
 * Configures a container to send its spans to Honeycomb: sets the standard OpenTelemetry variables, and the API key as the
 * secret `HONEYCOMB_API_KEY`.
 *
 * @example
 * taskDefinition.addExtension(new HoneycombExporter({ apiKey, serviceName: 'checkout' }));
 */
export class HoneycombExporter implements ecs.ITaskDefinitionExtension {
  public static readonly DEFAULT_REGION = HoneycombRegion.US;

  /**
   * Where people look at the traces. Which team and environment they belong to, only the key knows.
   */
  public static uiUrl(region: HoneycombRegion): string {
    return UI[region];
  }

  constructor(private readonly props: HoneycombExporterProps) {}

  /**
   * Sets the variables and the secret; called by `taskDefinition.addExtension()`.
   *
   * @throws if the container does not exist yet, if it already has one of the variables, or if a path contains a comma
   */
  public extend(taskDefinition: ecs.TaskDefinition): void {
    const { apiKey, serviceName, excludedPaths = [] } = this.props;
    const { region = HoneycombExporter.DEFAULT_REGION } = this.props;
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
        `\`containerName\` must be a container of ${taskDefinition.node.path}, added before the exporter, got: ${containerName ?? 'no container yet'}`,
      );
    }
    return container;
  }
}

const SECRET = 'HONEYCOMB_API_KEY';

/** OpenTelemetry searches the whole URL for each regular expression of a comma-separated list. */
function urlPattern(path: string): string {
  if (path.includes(',')) {
    throw new Error(`\`excludedPaths\` must not contain a comma in a path, got: ${path}`);
  }
  const literal = Token.isUnresolved(path) ? path : path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `${literal}$`;
}

/** ECS refuses a name that is both a variable and a secret, and silently lets the last of two variables win. */
function requireUnset(container: ecs.ContainerDefinition, names: readonly string[]): void {
  const { environment = [], secrets = [] } = container.renderContainerDefinition() as {
    environment?: { name: string }[];
    secrets?: { name: string }[];
  };
  const taken = [...environment, ...secrets].map(({ name }) => name);
  const twice = names.find((name) => taken.includes(name));
  if (twice !== undefined) {
    throw new Error(
      `\`${twice}\` must be left to the exporter, remove it from the container, got: already set in ${container.node.path}`,
    );
  }
}

import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { HoneycombApiKey } from './honeycomb-api-key';
import { exportingContainer } from '../opentelemetry/exporting-container';
import { type ExporterOptions, OtlpExporter } from '../opentelemetry/otlp-exporter';
import { setVariables } from '../validation/container-variables';

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

const SECRET = 'HONEYCOMB_API_KEY';

const UI: Readonly<Record<HoneycombRegion, string>> = {
  [HoneycombRegion.US]: 'https://ui.honeycomb.io',
  [HoneycombRegion.EU]: 'https://ui.eu1.honeycomb.io',
};

/**
 * Properties for `HoneycombExporter`.
 */
export interface HoneycombExporterProps extends ExporterOptions {
  /**
   * The API key. The application builds the header `x-honeycomb-team` from it, because ECS cannot insert a secret into
   * another variable.
   */
  readonly apiKey: HoneycombApiKey;

  /**
   * Honeycomb region that stores the data.
   *
   * @default HoneycombExporter.DEFAULT_REGION
   */
  readonly region?: HoneycombRegion;
}

/**
 * Configures a container to send its spans to Honeycomb: the `OtlpExporter` for its endpoint, with the API key as the secret
 * `HONEYCOMB_API_KEY`. `serviceName` is the dataset in Honeycomb.
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
   * @throws as `OtlpExporter` does
   */
  public extend(taskDefinition: ecs.TaskDefinition): void {
    const { apiKey, region = HoneycombExporter.DEFAULT_REGION, ...options } = this.props;
    const container = exportingContainer(taskDefinition, options.containerName);
    new OtlpExporter({ ...options, endpoint: HONEYCOMB_ENDPOINT[region] }).extend(taskDefinition);
    setVariables(container, 'the exporter', {}, { [SECRET]: apiKey.toEcsSecret() });
  }
}

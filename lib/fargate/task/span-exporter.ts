import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { TracedFargateTaskProps } from './traced-fargate-task-props';
import { HoneycombExporter } from '../../honeycomb/honeycomb-exporter';
import { OtlpExporter } from '../../opentelemetry/otlp-exporter';

/**
 * The exporter for the one place to which the spans of a task go.
 *
 * @param imageVersion version of the service, where the props name none
 * @throws for no place or two places, and for details of the place that was not chosen
 */
export function spanExporter(
  props: TracedFargateTaskProps,
  imageVersion: string | undefined,
): ecs.ITaskDefinitionExtension {
  const { honeycombApiKey, honeycombRegion, otlpEndpoint, otlpHeaders } = props;
  const options = {
    serviceName: props.serviceName,
    excludedPaths: [props.healthCheckPath],
    resourceAttributes: resourceAttributes(
      props.serviceVersion ?? imageVersion,
      props.environmentName,
    ),
  };
  if (honeycombApiKey && otlpEndpoint === undefined && !otlpHeaders) {
    return new HoneycombExporter({ ...options, apiKey: honeycombApiKey, region: honeycombRegion });
  }
  if (otlpEndpoint !== undefined && !honeycombApiKey && honeycombRegion === undefined) {
    return new OtlpExporter({ ...options, endpoint: otlpEndpoint, headers: otlpHeaders });
  }
  const given = Object.entries({ honeycombApiKey, honeycombRegion, otlpEndpoint, otlpHeaders })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  throw new Error(
    `the spans must go to one place, either \`honeycombApiKey\`, with \`honeycombRegion\`, or \`otlpEndpoint\`, with \`otlpHeaders\`, got: ${given.join(', ') || 'none'}`,
  );
}

function resourceAttributes(
  serviceVersion: string | undefined,
  environmentName: string | undefined,
): Record<string, string> {
  return {
    ...(serviceVersion !== undefined && { 'service.version': serviceVersion }),
    ...(environmentName !== undefined && { 'deployment.environment.name': environmentName }),
  };
}

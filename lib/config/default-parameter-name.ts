import { HoneycombApiKeySource } from '../honeycomb/honeycomb-api-key';

/**
 * Name of the SSM parameter if none is configured. It depends on the source: CloudFormation deletes the declared parameter of a stack
 * that moves to an existing one.
 */
export function defaultParameterName(
  stage: string | undefined,
  source: HoneycombApiKeySource,
): string {
  const suffix = source === HoneycombApiKeySource.EXISTING ? '_SECURE' : '';
  return `/cruddur/${stage ? `${stage}/` : ''}backend-flask/HONEYCOMB_API_KEY${suffix}`;
}

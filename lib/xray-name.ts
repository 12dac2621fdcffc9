import { Token } from 'aws-cdk-lib';

/**
 * Names of services: 1 to 64 of the characters that X-Ray keeps in the name of a segment, less the `\\` that a filter
 * expression cannot carry. 64 is the limit of a sampling rule; a segment takes 200.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-fields
 */
export const SERVICE_NAME = /^[\p{L}\p{N}\p{Z}_.:/%&#=+\-@]{1,64}$/u;

/**
 * Whether X-Ray takes the name for a group or a sampling rule: 1 to 32 letters, digits and dashes, and not the name of its
 * own group and rule.
 */
export function isXRayName(name: string): boolean {
  return /^[A-Za-z0-9-]{1,32}$/.test(name) && name !== 'Default';
}

/**
 * Refuses a name that X-Ray would refuse, unless it is known only at deployment.
 */
export function requireXRayName(prop: string, name: string): void {
  if (!Token.isUnresolved(name) && !isXRayName(name)) {
    throw new Error(
      `\`${prop}\` must be 1 to 32 letters, digits and dashes, and not Default, got: ${JSON.stringify(name)}`,
    );
  }
}

import { Token } from 'aws-cdk-lib';

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

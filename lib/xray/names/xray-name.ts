import { Token } from 'aws-cdk-lib';
import { PropError } from '../../validation/prop-error';

/**
 * Maximum length of the name of a group or a sampling rule.
 */
export const XRAY_NAME_MAX_LENGTH = 32;

/**
 * The rule for the name of a group or a sampling rule, which completes an error that begins with `must be`. `Default` is
 * X-Ray's own group and rule.
 */
export const XRAY_NAME_RULE = `1 to ${XRAY_NAME_MAX_LENGTH} letters, digits and dashes, and not Default`;

/**
 * Whether X-Ray accepts the name for a group or a sampling rule.
 */
export function isXRayName(name: string): boolean {
  return /^[A-Za-z0-9-]+$/.test(name) && name.length <= XRAY_NAME_MAX_LENGTH && name !== 'Default';
}

/**
 * Refuses a name that X-Ray would refuse. A name known only at deployment passes.
 */
export function requireXRayName(prop: string, name: string): void {
  if (!Token.isUnresolved(name) && !isXRayName(name)) {
    throw new PropError(prop, `be ${XRAY_NAME_RULE}`, JSON.stringify(name));
  }
}

/**
 * The construct id of a group or a sampling rule inside its construct. X-Ray cannot rename either, though CloudFormation
 * reports that it did: with the name in the ID, another name is another resource, which is created before the old one is deleted.
 */
export function idOfNamed(name: string): string {
  return Token.isUnresolved(name) ? 'Resource' : name;
}

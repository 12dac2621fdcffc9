import { Token } from 'aws-cdk-lib';
import { PropError } from '../../validation/prop-error';
import { XRayDaemon } from '../daemon/xray-daemon';

// A sampling rule accepts 64 characters, a segment 200. X-Ray keeps these characters in the name of a segment, and \, which a
// filter cannot express, and white space that looks like a space or like nothing:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
const KEPT_BY_XRAY = /^(?! )[\p{L}\p{N} _.:/%&#=+\-@]{1,64}(?<! )$/u;

/**
 * The rule for the name of a service, which completes an error that begins with `must be`.
 */
export const SERVICE_NAME_RULE = `1 to 64 letters, digits, spaces or _ . : / % & # = + - @, with no space at either end, and not ${XRayDaemon.CONTAINER_NAME}`;

/**
 * Whether X-Ray keeps the name unchanged, and the container named after it does not collide with the daemon's.
 */
export function isServiceName(name: string): boolean {
  return KEPT_BY_XRAY.test(name) && containerNameOf(name) !== XRayDaemon.CONTAINER_NAME;
}

/**
 * The name of a service's container, with dashes for the characters that ECS does not allow.
 */
export function containerNameOf(serviceName: string): string {
  return serviceName.replace(/[^A-Za-z0-9_-]/g, '-');
}

/**
 * Refuses a name that X-Ray would change, truncate or treat as a pattern, and one known only at deployment.
 */
export function requireServiceName(serviceName: string): void {
  if (Token.isUnresolved(serviceName) || !isServiceName(serviceName)) {
    throw new PropError(
      'serviceName',
      `be ${SERVICE_NAME_RULE}, and known at synth`,
      JSON.stringify(serviceName),
    );
  }
}

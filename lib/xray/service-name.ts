import { Token } from 'aws-cdk-lib';
import { PropError } from '../validation/prop-checks';
import { XRayDaemon } from './xray-daemon';

// A sampling rule takes 64 characters, a segment 200; X-Ray keeps these in the name of a segment, less the \ that a filter
// cannot carry, and white space that nobody can tell from a space or from nothing:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
const KEPT_BY_XRAY = /^(?! )[\p{L}\p{N} _.:/%&#=+\-@]{1,64}(?<! )$/u;

/**
 * What a service may be called, in words.
 */
export const SERVICE_NAME_RULE = `1 to 64 letters, digits, spaces or _ . : / % & # = + - @, with no space at either end, and not ${XRayDaemon.CONTAINER_NAME}`;

/**
 * Whether X-Ray keeps the name as it is, and the container that is named after it is not the daemon's.
 */
export function isServiceName(name: string): boolean {
  return KEPT_BY_XRAY.test(name) && containerNameOf(name) !== XRayDaemon.CONTAINER_NAME;
}

/**
 * The name of a service's container: dashes stand for what ECS does not take.
 */
export function containerNameOf(serviceName: string): string {
  return serviceName.replace(/[^A-Za-z0-9_-]/g, '-');
}

/**
 * Refuses a name that X-Ray would change or cut, that it would take for a pattern, or that is not known yet.
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

import { Token } from 'aws-cdk-lib';
import { PropError } from './prop-error';

/**
 * The rule for the path of a health check, which completes an error that begins with `must be`.
 */
export const HEALTH_CHECK_PATH_RULE =
  'one absolute path of at most 128 characters, without *, ? or a comma';

/**
 * Whether a load balancer, a sampling rule and OpenTelemetry's list of excluded paths all accept the path and match it alone.
 */
export function isHealthCheckPath(path: string): boolean {
  return /^\/[\w\-.~!$&'()+;=:@%/]{0,127}$/.test(path);
}

/**
 * Refuses any other path. A path known only at deployment passes.
 */
export function requireHealthCheckPath(path: string): void {
  if (!Token.isUnresolved(path) && !isHealthCheckPath(path)) {
    throw new PropError('healthCheckPath', `be ${HEALTH_CHECK_PATH_RULE}`, path);
  }
}

import { Token } from 'aws-cdk-lib';
import { PropError } from './prop-checks';

/**
 * What the path of a health check may be, in words.
 */
export const HEALTH_CHECK_PATH_RULE =
  'one absolute path of at most 128 characters, without *, ? or a comma';

/**
 * Whether a load balancer, a sampling rule and OpenTelemetry's list of excluded paths all accept the path, for itself alone.
 */
export function isHealthCheckPath(path: string): boolean {
  return /^\/[\w\-.~!$&'()+;=:@%/]{0,127}$/.test(path);
}

/**
 * Refuses anything else. A path known only at deployment passes.
 */
export function requireHealthCheckPath(path: string): void {
  if (!Token.isUnresolved(path) && !isHealthCheckPath(path)) {
    throw new PropError('healthCheckPath', `be ${HEALTH_CHECK_PATH_RULE}`, path);
  }
}

import { PropError } from '../../validation/prop-error';
import { isXRayName, XRAY_NAME_MAX_LENGTH } from './xray-name';

const HEALTH = '-health';

/**
 * What the sampling rule of a service may be called, in words.
 */
export const SERVICE_RULE_NAME_RULE = `1 to ${XRAY_NAME_MAX_LENGTH - HEALTH.length} letters, digits and dashes, not Default and not ending in ${HEALTH}`;

/**
 * Whether X-Ray accepts the name, and the one that the rule for the health checks has, which no service's own rule may have.
 */
export function isServiceRuleName(name: string): boolean {
  return isXRayName(name) && isXRayName(healthCheckRuleName(name)) && !name.endsWith(HEALTH);
}

/**
 * Refuses any other name.
 */
export function requireServiceRuleName(name: string): void {
  if (!isServiceRuleName(name)) {
    throw new PropError('ruleName', `be ${SERVICE_RULE_NAME_RULE}`, JSON.stringify(name));
  }
}

/**
 * The name of the rule for the health checks of the service with this rule.
 */
export function healthCheckRuleName(ruleName: string): string {
  return `${ruleName}${HEALTH}`;
}

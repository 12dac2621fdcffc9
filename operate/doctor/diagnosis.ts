import { type Check, type Finding, wrong } from './check';
import { DESTINATION_CHECK } from './checks/destination';
import { KEY_CHECKS } from './checks/key';
import { LOG_CHECKS } from './checks/logs';
import { ROLE_CHECK } from './checks/role';
import { SAMPLING_CHECKS } from './checks/sampling';
import { SERVICE_CHECKS } from './checks/service';
import { STACK_CHECK } from './checks/stack';
import { TRACE_CHECKS } from './checks/traces';
import type { Clients } from './clients';
import { Deployment } from './deployment';

/**
 * All checks, in the order in which a trace depends on them.
 */
export const CHECKS: readonly Check[] = [
  STACK_CHECK,
  ...SERVICE_CHECKS,
  ...KEY_CHECKS,
  ...SAMPLING_CHECKS,
  ROLE_CHECK,
  ...LOG_CHECKS,
  ...TRACE_CHECKS,
  DESTINATION_CHECK,
];

/**
 * A check and what it found; `undefined` if it did not run because there is no stack.
 */
export interface Diagnosis extends Pick<Check, 'id' | 'question'> {
  readonly finding: Finding | undefined;
}

/**
 * Runs all checks against a deployed stack, and changes nothing.
 *
 * @throws the AWS SDK's errors if it has no credentials or no Region
 */
export async function diagnose(
  clients: Clients,
  stackName: string,
  now?: Date,
): Promise<readonly Diagnosis[]> {
  const deployment = await Deployment.find(clients, stackName, now);
  const diagnoses: Diagnosis[] = [];
  for (const check of CHECKS) {
    const { id, question } = check;
    diagnoses.push({
      id,
      question,
      finding: deployment
        ? await findingOf(check, deployment)
        : check === STACK_CHECK
          ? wrong(`there is no stack ${stackName} in this account and Region`, 'npx cdk deploy')
          : undefined,
    });
  }
  return diagnoses;
}

/** Runs a check. One that cannot run has found something wrong too: with the permissions, or with the stack. */
async function findingOf(check: Check, deployment: Deployment): Promise<Finding> {
  try {
    return await check.run(deployment);
  } catch (error) {
    const { name, message } = error as Error;
    return /AccessDenied|Unauthorized|NotAuthorized/.test(name)
      ? wrong(`the credentials do not allow it: ${message}`, `allow them ${check.asks.join(', ')}`)
      : wrong(`the check failed: ${message}`, 'npm run doctor, or the AWS console');
  }
}

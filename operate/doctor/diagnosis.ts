import type { Check, Finding } from './check';
import { wrong } from './check';
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
 * All checks, in the order of the way that a trace takes.
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
 * A check and what it found; `undefined` if it was not run, because there is no stack.
 */
export interface Diagnosis extends Pick<Check, 'id' | 'question'> {
  readonly finding: Finding | undefined;
}

/**
 * Runs all checks against a deployed stack. Nothing is changed.
 *
 * @throws what the AWS SDK throws without credentials
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

/** A check that cannot be run has found something wrong too: with the permissions, or with the stack. */
async function findingOf(check: Check, deployment: Deployment): Promise<Finding> {
  try {
    return await check.run(deployment);
  } catch (error) {
    const { name, message } = error as Error;
    return /AccessDenied|Unauthorized|NotAuthorized/.test(name)
      ? wrong(
          `these credentials may not ask: ${message}`,
          `give them the permission for ${check.asks.join(', ')}`,
        )
      : wrong(`cannot be found out: ${message}`, 'npm run doctor, or the AWS console');
  }
}

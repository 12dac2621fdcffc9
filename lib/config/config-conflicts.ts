import { fargateTaskSizeError } from '../fargate/task-size';
import { HoneycombApiKeySource } from '../honeycomb/honeycomb-api-key';
import { isXRayName } from '../xray/xray-name';
import { message } from './config-error';
import type { ConfigKey, ConfigValues } from './config-schema';

/**
 * Where a stack is deployed; both unknown unless credentials are at hand.
 */
export interface DeploymentEnvironment {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * An error for each value that is right by itself, and wrong with the others.
 */
export function conflicts(
  config: ConfigValues,
  { account, region }: DeploymentEnvironment,
): string[] {
  const { groupName, ruleName, cpu, memoryMiB, minTasks, maxTasks } = config;
  const size = fargateTaskSizeError(cpu, memoryMiB);
  const isForeignKey =
    config.honeycombApiKeyEncryptionKeyArn !== undefined &&
    config.honeycombApiKeySource !== HoneycombApiKeySource.EXISTING;
  const cannotLookUp = config.vpcId !== undefined && !(account && region);
  const rules: [isBroken: boolean, key: ConfigKey, rule: string][] = [
    [!isXRayName(groupName), 'groupName', 'must have at most 32 characters with the stage'],
    [!isXRayName(ruleName), 'ruleName', 'must have at most 32 characters with the stage'],
    [size !== undefined, size?.prop ?? 'cpu', `must ${size?.rule ?? ''}`],
    [maxTasks < minTasks, 'maxTasks', `must be minTasks, ${minTasks}, or more`],
    [
      isForeignKey,
      'honeycombApiKeyEncryptionKeyArn',
      'must come with honeycombApiKeySource=existing',
    ],
    [
      cannotLookUp,
      'vpcId',
      'must come with an account and a region: give --profile, or set AWS_PROFILE',
    ],
  ];
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, key, rule]) => message(key, rule, config[key]));
}

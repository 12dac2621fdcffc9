import { fargateTaskSizeError } from '../fargate/task/task-size';
import { HoneycombApiKeySource } from '../honeycomb/honeycomb-api-key';
import { isServiceRuleName } from '../xray/names/service-rule-name';
import { isXRayName } from '../xray/names/xray-name';
import { message } from './config-error';
import { defaultParameterName } from './default-parameter-name';
import type { ConfigKey, ConfigValues } from './config-schema';

/**
 * Where the stack is deployed; both are unknown without credentials.
 */
export interface DeploymentEnvironment {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Keys that apply to an alarm that exists only if another key is set. */
const ALARM_KEYS = ['alarmFaultTraces', 'monthlyTraceBudgetUsd'] as const;

/**
 * Returns an error for each value that is valid alone but conflicts with another.
 */
export function conflicts(
  config: ConfigValues,
  { account, region }: DeploymentEnvironment,
): string[] {
  const { groupName, ruleName, cpu, memoryMiB, minTasks, maxTasks } = config;
  const size = fargateTaskSizeError(cpu, memoryMiB);
  const isUnusedKey =
    config.honeycombApiKeyEncryptionKeyArn !== undefined &&
    config.honeycombApiKeySource !== HoneycombApiKeySource.EXISTING;
  const isDeclaredName =
    config.honeycombApiKeySource === HoneycombApiKeySource.EXISTING &&
    config.honeycombApiKeyParameterName ===
      defaultParameterName(config.stage, HoneycombApiKeySource.DECLARED);
  const cannotLookUp = config.vpcId !== undefined && !(account && region);
  const rules: [isBroken: boolean, key: ConfigKey, rule: string][] = [
    [!isXRayName(groupName), 'groupName', 'must have at most 32 characters with the stage'],
    [!isServiceRuleName(ruleName), 'ruleName', 'must have at most 25 characters with the stage'],
    [size !== undefined, size?.prop ?? 'cpu', `must ${size?.rule ?? ''}`],
    [maxTasks < minTasks, 'maxTasks', `must be minTasks, ${minTasks}, or more`],
    [
      isUnusedKey,
      'honeycombApiKeyEncryptionKeyArn',
      'must come with honeycombApiKeySource=existing',
    ],
    [
      isDeclaredName,
      'honeycombApiKeyParameterName',
      'must not be the name that a stack with honeycombApiKeySource=declared creates and deletes',
    ],
    [
      config.alarmEmail !== undefined && config.alarmTopicArn !== undefined,
      'alarmEmail',
      'must not come with alarmTopicArn, subscribe to that topic instead',
    ],
    [
      config.alarmEmail !== undefined && !config.alarms && !config.insights,
      'alarmEmail',
      'must come with alarms=true or insights=true, nothing else is sent',
    ],
    ...ALARM_KEYS.map((key): [boolean, ConfigKey, string] => [
      !config.alarms && config[key] !== undefined,
      key,
      'must come with alarms=true',
    ]),
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

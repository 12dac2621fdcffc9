import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { CONFIG_KEYS, CONFIG_SCHEMA, type ConfigKey } from './config-schema';
import { fargateTaskSizeError } from '../fargate/task-size';
import { HoneycombApiKeySource } from '../honeycomb/honeycomb-api-key';
import { isXRayName } from '../xray/xray-name';

const PREFIX = 'cruddur:';

/**
 * Says what is wrong with the configuration, to a person who can mend it: a stack trace would not help.
 */
export class ConfigError extends Error {}

/**
 * Where a stack is deployed; both unknown unless credentials are at hand.
 */
export interface DeploymentEnvironment {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * The configuration, checked and complete.
 */
export type Config = Readonly<
  z.output<typeof CONFIG_SCHEMA> & {
    /**
     * `CruddurTracing`, with the stage.
     */
    stackName: string;
    /**
     * Name of the rule that leaves the health checks out.
     */
    healthCheckRuleName: string;
    honeycombApiKeyParameterName: string;
    /**
     * Account and region, only where the stack has to be looked up in them.
     */
    env: { account: string; region: string } | undefined;
  }
>;

/**
 * Reads the keys under `cruddur:` from a CDK context. Group, rule and default parameter name get the stage.
 *
 * @param context the whole context: an API key is refused wherever it stands
 * @param deployment needed for `vpcId` only
 * @throws ConfigError with a line for each thing that is wrong
 */
export function readConfig(
  context: Readonly<Record<string, unknown>>,
  deployment: DeploymentEnvironment = {},
): Config {
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(context)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
  refuse([...apiKeyErrors(context), ...Object.keys(given).flatMap(unknownKeyErrors)]);

  const { data, error } = CONFIG_SCHEMA.safeParse(given);
  if (!data) {
    const keys = new Set(error.issues.map((issue) => issue.path[0] as ConfigKey));
    throw new ConfigError(
      [...keys]
        .map((key) => message(key, `must be ${CONFIG_SCHEMA.shape[key].description}`, given[key]))
        .join('\n'),
    );
  }
  const config = withNames(data);
  refuse(conflicts(config, deployment));
  const { account, region } = deployment;
  return { ...config, env: config.vpcId && account && region ? { account, region } : undefined };
}

function withNames(config: z.output<typeof CONFIG_SCHEMA>): Omit<Config, 'env'> {
  const { stage } = config;
  const staged = (name: string) => (stage ? `${name}-${stage}` : name);
  const ruleName = staged(config.ruleName);
  return {
    ...config,
    stackName: staged('CruddurTracing'),
    groupName: staged(config.groupName),
    ruleName,
    // cut, where needed, to the 32 characters that X-Ray takes
    healthCheckRuleName: `${ruleName.slice(0, 25)}-health`,
    honeycombApiKeyParameterName:
      config.honeycombApiKeyParameterName ??
      defaultParameterName(stage, config.honeycombApiKeySource),
  };
}

/** Two names: of a stack that moves to an existing parameter, CloudFormation deletes the declared one. */
function defaultParameterName(stage: string | undefined, source: HoneycombApiKeySource): string {
  const suffix = source === HoneycombApiKeySource.EXISTING ? '_SECURE' : '';
  return `/cruddur/${stage ? `${stage}/` : ''}backend-flask/HONEYCOMB_API_KEY${suffix}`;
}

/** What is wrong between keys that are right each for itself. */
function conflicts(
  config: Omit<Config, 'env'>,
  { account, region }: DeploymentEnvironment,
): string[] {
  const { groupName, ruleName, cpu, memoryMiB, minTasks, maxTasks } = config;
  const size = fargateTaskSizeError(cpu, memoryMiB);
  const isForeignKey =
    config.honeycombApiKeyEncryptionKeyArn !== undefined &&
    config.honeycombApiKeySource !== HoneycombApiKeySource.EXISTING;
  const isDeclaredName =
    config.honeycombApiKeySource === HoneycombApiKeySource.EXISTING &&
    config.honeycombApiKeyParameterName ===
      defaultParameterName(config.stage, HoneycombApiKeySource.DECLARED);
  const cannotLookUp = config.vpcId !== undefined && !(account && region);
  const rules: [isBroken: boolean, key: ConfigKey, rule: string][] = [
    [!isXRayName(groupName), 'groupName', 'must have at most 32 characters with the stage'],
    [!isXRayName(ruleName), 'ruleName', 'must have at most 32 characters with the stage'],
    [size !== undefined, size?.prop ?? 'cpu', size?.rule ?? ''],
    [maxTasks < minTasks, 'maxTasks', `must be minTasks, ${minTasks}, or more`],
    [
      isForeignKey,
      'honeycombApiKeyEncryptionKeyArn',
      'must come with honeycombApiKeySource=existing',
    ],
    [
      isDeclaredName,
      'honeycombApiKeyParameterName',
      'must not be the name that a stack with honeycombApiKeySource=declared makes and deletes',
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

function unknownKeyErrors(key: string): string[] {
  if ((CONFIG_KEYS as string[]).includes(key) || NAMES_API_KEY.test(key)) {
    return [];
  }
  return [
    `${PREFIX}${key} must be a known key, did you mean ${PREFIX}${closest(key, CONFIG_KEYS)}?`,
  ];
}

// ingest keys, classic keys, configuration keys: https://docs.honeycomb.io/configure/environments/manage-api-keys/
const API_KEY = /hc[a-z]{2}k_\w+|^[0-9a-f]{32}$|^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{22}$/;

const NAMES_API_KEY = /honeycomb.?api.?key$/i;

function apiKeyErrors(context: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(context)
    .filter(
      ([key, value]) =>
        NAMES_API_KEY.test(key) || (typeof value === 'string' && API_KEY.test(value)),
    )
    .map(
      ([key]) =>
        `${key} must not hold an API key, the context ends up in files and logs: remove it, and store the key with npm run key (the value is not shown)`,
    );
}

function message(key: ConfigKey, rule: string, value: unknown): string {
  // the parameter's name is where a key is put by mistake
  const got =
    key === 'honeycombApiKeyParameterName' ? 'another value, not shown' : JSON.stringify(value);
  return `${PREFIX}${key} ${rule}, got: ${got}`;
}

function refuse(errors: string[]): void {
  if (errors.length > 0) {
    throw new ConfigError(errors.join('\n'));
  }
}

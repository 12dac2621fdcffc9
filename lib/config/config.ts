import { closest } from 'fastest-levenshtein';
import { apiKeyErrors, NAMES_API_KEY } from './api-key-errors';
import { defaultParameterName } from './default-parameter-name';
import { conflicts, type DeploymentEnvironment } from './config-conflicts';
import { ConfigError, message, PREFIX, refuse } from './config-error';
import { CONFIG_KEYS, CONFIG_SCHEMA, type ConfigKey, type ConfigValues } from './config-schema';
import { prefixErrors } from './prefix-errors';
import { XRAY_NAME_MAX_LENGTH } from '../xray/names/xray-name';

const FAULTS = '-faults';

/**
 * The configuration, validated and complete.
 */
export type Config = Readonly<
  ConfigValues & {
    /**
     * `CruddurTracing`, with the stage.
     */
    stackName: string;
    /**
     * Name of the group of the traces in which the service failed.
     */
    faultGroupName: string;
    honeycombApiKeyParameterName: string;
    /**
     * Account and region, set only if something has to be looked up in them.
     */
    env: { account: string; region: string } | undefined;
  }
>;

/**
 * Reads the keys under `cruddur:` from a CDK context, and adds the stage to the names of the stack, group and rule and to
 * the default parameter name.
 *
 * @param context the whole context: an API key is refused anywhere in it
 * @param deployment needed for `vpcId` only
 * @throws ConfigError with a line for each error
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
  refuse([
    ...apiKeyErrors(context),
    ...Object.keys(context).flatMap(prefixErrors),
    ...Object.keys(given).flatMap(unknownKeyErrors),
  ]);

  const { data, error } = CONFIG_SCHEMA.safeParse(given);
  if (!data) {
    const keys = new Set(error.issues.map((issue) => issue.path[0] as ConfigKey));
    const mustBe = (key: ConfigKey) => `must be ${CONFIG_SCHEMA.shape[key].description}`;
    throw new ConfigError([...keys].map((key) => message(key, mustBe(key), given[key])).join('\n'));
  }
  const config = withNames(data);
  refuse(conflicts(config, deployment));
  const { account, region } = deployment;
  return { ...config, env: config.vpcId && account && region ? { account, region } : undefined };
}

function withNames(config: ConfigValues): Omit<Config, 'env'> {
  const { stage } = config;
  const staged = (name: string) => (stage ? `${name}-${stage}` : name);
  const groupName = staged(config.groupName);
  return {
    ...config,
    stackName: staged('CruddurTracing'),
    groupName,
    faultGroupName: `${groupName.slice(0, XRAY_NAME_MAX_LENGTH - FAULTS.length)}${FAULTS}`,
    ruleName: staged(config.ruleName),
    honeycombApiKeyParameterName:
      config.honeycombApiKeyParameterName ??
      defaultParameterName(stage, config.honeycombApiKeySource),
  };
}

function unknownKeyErrors(key: string): string[] {
  if ((CONFIG_KEYS as string[]).includes(key) || NAMES_API_KEY.test(key)) {
    return [];
  }
  return [
    `${PREFIX}${key} must be a known key, did you mean ${PREFIX}${closest(key, CONFIG_KEYS)}?`,
  ];
}

import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { fargateTaskSizeError } from './fargate-task-size';
import { HoneycombApiKeySource, isParameterPath } from './honeycomb-api-key';
import { HoneycombRegion } from './honeycomb-exporter';
import { isServiceName } from './traced-fargate-task';
import { XRayDaemon } from './xray-daemon';
import { isXRayName } from './xray-name';

const PREFIX = 'cruddur:';

/**
 * Says what is wrong with the configuration, to a person who can mend it: a stack trace would not help.
 */
export class ConfigError extends Error {}

// `-c` gives strings; one stands for a number or a boolean only if it is written as JSON writes it
const number = (schema: z.ZodNumber) =>
  z.preprocess(
    (value) =>
      typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value,
    schema,
  );
const boolean = z.preprocess(
  (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
  z.boolean(),
);

// One entry a key; the description is the rule, as the error words it after `must be`.
const SCHEMA = z.object({
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,11}$/)
    .optional()
    .describe('1 to 12 of a-z 0-9 -, starting with a letter'),
  serviceName: z
    .string()
    .refine(isServiceName)
    .default('backend-flask')
    .describe(
      `1 to 64 letters, digits, spaces or _ . : / % & # = + - @, and not ${XRayDaemon.CONTAINER_NAME}`,
    ),
  groupName: z
    .string()
    .refine(isXRayName)
    .default('Cruddur')
    .describe('1 to 32 letters, digits and dashes, and not Default'),
  ruleName: z
    .string()
    .refine(isXRayName)
    .default('Cruddur')
    .describe('1 to 32 letters, digits and dashes, and not Default'),
  samplingPriority: number(z.number().int().min(2).max(9999))
    .default(9000)
    .describe('a whole number from 2 to 9999; the health-check rule takes the one before'),
  samplingFixedRate: number(z.number().min(0).max(1)).default(0.1).describe('a number from 0 to 1'),
  samplingReservoirSize: number(z.number().int().min(0))
    .default(5)
    .describe('a whole number, 0 or more'),
  honeycombApiKeySource: z
    .enum(HoneycombApiKeySource)
    .default(HoneycombApiKeySource.DECLARED)
    .describe('declared or existing'),
  honeycombApiKeyParameterName: z
    .string()
    .refine(isParameterPath)
    .optional()
    .describe(
      'the path of an SSM parameter, such as /cruddur/backend-flask/HONEYCOMB_API_KEY, not under /aws or /ssm',
    ),
  honeycombApiKeyEncryptionKeyArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/)
    .optional()
    .describe('the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>'),
  honeycombRegion: z.enum(HoneycombRegion).default(HoneycombRegion.US).describe('us or eu'),
  backendImage: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._:/-]*(:(?!latest$)[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/)
    .optional()
    .describe('an image with a tag, not latest, or a digest: <repository>:<tag>'),
  cpuArchitecture: z.enum(['x86_64', 'arm64']).default('x86_64').describe('x86_64 or arm64'),
  cpu: number(z.number()).default(256).describe('a number of CPU units that Fargate offers'),
  memoryMiB: number(z.number()).default(512).describe('a number of MiB that Fargate offers'),
  minTasks: number(z.number().int().min(1)).default(1).describe('a whole number, 1 or more'),
  maxTasks: number(z.number().int().min(1)).default(4).describe('a whole number, minTasks or more'),
  containerPort: number(z.number().int().min(1).max(65535))
    .refine((port) => port !== XRayDaemon.PORT)
    .default(4567)
    .describe(`a whole number from 1 to 65535, and not ${XRayDaemon.PORT}, the daemon's`),
  healthCheckPath: z
    .string()
    .regex(/^\/[\w\-.~!$&'()+;=:@%/]{0,127}$/)
    .default('/api/health-check')
    .describe('one absolute path of at most 128 characters, without * ? ,'),
  vpcId: z
    .string()
    .regex(/^vpc-[0-9a-f]{8,17}$/)
    .optional()
    .describe('the id of a VPC, vpc-...'),
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/)
    .optional()
    .describe('the ARN of an ACM certificate, arn:aws:acm:<region>:<account>:certificate/<id>'),
  insights: boolean.default(true).describe('true or false'),
});

type Key = keyof typeof SCHEMA.shape;

/**
 * The keys that `readConfig` accepts, without their prefix `cruddur:`.
 */
export const CONFIG_KEYS = Object.keys(SCHEMA.shape) as Key[];

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
  z.output<typeof SCHEMA> & {
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

  const { data, error } = SCHEMA.safeParse(given);
  if (!data) {
    const keys = new Set(error.issues.map((issue) => issue.path[0] as Key));
    throw new ConfigError(
      [...keys]
        .map((key) => message(key, `must be ${SCHEMA.shape[key].description}`, given[key]))
        .join('\n'),
    );
  }
  const config = withNames(data);
  refuse(conflicts(config, deployment));
  const { account, region } = deployment;
  return { ...config, env: config.vpcId && account && region ? { account, region } : undefined };
}

function withNames(config: z.output<typeof SCHEMA>): Omit<Config, 'env'> {
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
      `/cruddur/${stage ? `${stage}/` : ''}backend-flask/HONEYCOMB_API_KEY`,
  };
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
  const cannotLookUp = config.vpcId !== undefined && !(account && region);
  const rules: [isBroken: boolean, key: Key, rule: string][] = [
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
        `${key} must not hold an API key, the context ends up in files and logs: pass it at deployment with --parameters HoneycombApiKey=..., or store it in SSM and set ${PREFIX}honeycombApiKeySource=existing (the value is not shown)`,
    );
}

function message(key: Key, rule: string, value: unknown): string {
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

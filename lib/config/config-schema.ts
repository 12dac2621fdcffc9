import { z } from 'zod';
import { TracedFargateService } from '../fargate/traced-fargate-service';
import { TracedFargateTask } from '../fargate/task/traced-fargate-task';
import { HoneycombApiKeySource } from '../honeycomb/honeycomb-api-key';
import { isParameterPath } from '../honeycomb/parameter-path';
import { HoneycombExporter, HoneycombRegion } from '../honeycomb/honeycomb-exporter';
import { ServiceAlarms } from '../operations/alarms/service-alarms';
import { isServiceRuleName, SERVICE_RULE_NAME_RULE } from '../xray/names/service-rule-name';
import { isServiceName, SERVICE_NAME_RULE } from '../xray/names/service-name';
import { IMAGE_REFERENCE_RULE, isPinnedImage } from '../fargate/task/image-reference';
import { HEALTH_CHECK_PATH_RULE, isHealthCheckPath } from '../validation/health-check-path';
import { XRayDaemon } from '../xray/daemon/xray-daemon';
import { isXRayName, XRAY_NAME_RULE } from '../xray/names/xray-name';

// `-c` passes strings; one is parsed as a number or a boolean only if it is written as in JSON
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

/**
 * The keys, without the prefix `cruddur:`, and what each accepts. The description completes an error that begins with `must be`.
 */
export const CONFIG_SCHEMA = z.object({
  stage: z
    .string()
    .regex(/^(?!(.*-)?health$)[a-z][a-z0-9-]{0,11}$/)
    .optional()
    .describe('1 to 12 of a-z 0-9 -, starting with a letter and not ending in the word health'),
  serviceName: z
    .string()
    .refine(isServiceName)
    .default('backend-flask')
    .describe(SERVICE_NAME_RULE),
  groupName: z.string().refine(isXRayName).default('Cruddur').describe(XRAY_NAME_RULE),
  ruleName: z
    .string()
    .refine(isServiceRuleName)
    .default('Cruddur')
    .describe(SERVICE_RULE_NAME_RULE),
  samplingPriority: number(z.number().int().min(2).max(9999))
    .default(9000)
    .describe('a whole number from 2 to 9999; the health-check rule has the one before'),
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
  honeycombRegion: z
    .enum(HoneycombRegion)
    .default(HoneycombExporter.DEFAULT_REGION)
    .describe('us or eu'),
  backendImage: z.string().refine(isPinnedImage).optional().describe(IMAGE_REFERENCE_RULE),
  cpuArchitecture: z.enum(['x86_64', 'arm64']).default('x86_64').describe('x86_64 or arm64'),
  cpu: number(z.number())
    .default(TracedFargateTask.DEFAULT_CPU)
    .describe('a number of CPU units that Fargate offers'),
  memoryMiB: number(z.number())
    .default(TracedFargateTask.DEFAULT_MEMORY_MIB)
    .describe('a number of MiB that Fargate offers'),
  minTasks: number(z.number().int().min(1))
    .default(TracedFargateService.DEFAULT_MIN_TASKS)
    .describe('a whole number, 1 or more'),
  maxTasks: number(z.number().int().min(1))
    .default(TracedFargateService.DEFAULT_MAX_TASKS)
    .describe('a whole number, minTasks or more'),
  containerPort: number(z.number().int().min(1).max(65535))
    .refine((port) => port !== XRayDaemon.PORT)
    .default(4567)
    .describe(`a whole number from 1 to 65535, and not ${XRayDaemon.PORT}, the daemon's`),
  healthCheckPath: z
    .string()
    .refine(isHealthCheckPath)
    .default('/api/health-check')
    .describe(HEALTH_CHECK_PATH_RULE),
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
  insights: boolean.default(false).describe('true or false'),
  alarms: boolean.default(true).describe('true or false'),
  alarmEmail: z.email().optional().describe('an email address'),
  alarmTopicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/)
    .optional()
    .describe('the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>'),
  alarmErrorPercent: number(z.number().min(0).max(100))
    .default(ServiceAlarms.DEFAULT_MAX_ERROR_PERCENT)
    .describe('a number from 0 to 100'),
  alarmLatencySeconds: number(z.number().min(0.001))
    .default(ServiceAlarms.DEFAULT_MAX_LATENCY_SECONDS)
    .describe('a number of seconds, 0.001 or more'),
  alarmFaultTraces: number(z.number().int().min(0))
    .optional()
    .describe('a whole number, 0 or more'),
  monthlyTraceBudgetUsd: number(z.number().min(0)).optional().describe('a number, 0 or more'),
  dashboard: boolean.default(true).describe('true or false'),
  restartOnNewKey: boolean.default(true).describe('true or false'),
});

/**
 * The values of all keys, each valid alone.
 */
export type ConfigValues = z.output<typeof CONFIG_SCHEMA>;

/**
 * A key, without the prefix `cruddur:`.
 */
export type ConfigKey = keyof typeof CONFIG_SCHEMA.shape;

/**
 * All keys, in the order of the documentation.
 */
export const CONFIG_KEYS = Object.keys(CONFIG_SCHEMA.shape) as ConfigKey[];

import { z } from 'zod';
import type { SamplingRule } from '../xray/sampling-rule';
import { parseFilter } from '../xray/filter-expression';
import { idsOfType, readResource, type Resources } from './resources';

const notDefault = (text: string) => text !== 'Default';
const RESERVED = '"Default" is reserved';
const pattern = (longest: number) => z.string().min(1).max(longest).default('*');

/** X-Ray's published limits: CloudFormation accepts more than X-Ray does. */
const ruleSchema = z.object({
  SamplingRule: z.object({
    RuleName: z.string().min(1).max(32).refine(notDefault, RESERVED),
    Version: z.coerce.number().refine((version) => version === 1, 'must be 1; X-Ray has no other'),
    Priority: z.coerce.number().int().min(1).max(9999),
    FixedRate: z.coerce.number().min(0).max(1),
    ReservoirSize: z.coerce.number().int().nonnegative(),
    ServiceName: pattern(64),
    ServiceType: pattern(64),
    Host: pattern(64),
    HTTPMethod: pattern(10),
    URLPath: pattern(128),
    ResourceARN: pattern(500),
    Attributes: z.record(z.string(), z.string()).default({}),
  }),
});

const groupSchema = z.object({
  GroupName: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,32}$/, 'must be 1 to 32 letters, digits, and dashes')
    .refine(notDefault, RESERVED),
  FilterExpression: z.string().default(''),
});

export type TraceGroup = z.infer<typeof groupSchema>;

export function readRules(resources: Resources): SamplingRule[] {
  return idsOfType(resources, 'AWS::XRay::SamplingRule').map((id) => readRule(resources, id));
}

export function readRule(resources: Resources, id: string): SamplingRule {
  return readResource(ruleSchema, resources, id).SamplingRule;
}

export function readGroups(resources: Resources): TraceGroup[] {
  return idsOfType(resources, 'AWS::XRay::Group').map((id) => readGroup(resources, id));
}

export function readGroup(resources: Resources, id: string): TraceGroup {
  const group = readResource(groupSchema, resources, id);
  parseFilter(group.FilterExpression);
  return group;
}

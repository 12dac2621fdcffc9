import { z } from 'zod';

/** The characters that X-Ray keeps in a segment's name. */
const NAME = /^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]{1,200}$/u;
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const ID = /^[0-9a-f]{16}$/;
const MAX_BYTES = 64 * 1024;
const MAX_ANNOTATIONS = 50;
/** X-Ray accepts no segment that is older than 30 days or in the future, and none of a trace that began 28 days ago. */
const OLDEST_SECONDS = 30 * 24 * 3600;
const OLDEST_TRACE_SECONDS = 28 * 24 * 3600;
const NEWEST_SECONDS = 300;

const annotation = z.union([z.string().max(1000), z.number(), z.boolean()]);

const http = z.looseObject({
  request: z.looseObject({ method: z.string().optional(), url: z.string().optional() }).optional(),
  response: z.looseObject({ status: z.number().int().optional() }).optional(),
});

const entity = z.looseObject({
  id: z.string().regex(ID, 'must be 16 hexadecimal digits'),
  name: z.string().regex(NAME, 'must be 1 to 200 of the characters that X-Ray keeps'),
  start_time: z.number().positive(),
  end_time: z.number().positive().optional(),
  in_progress: z.boolean().default(false),
  fault: z.boolean().optional(),
  error: z.boolean().optional(),
  throttle: z.boolean().optional(),
  namespace: z.enum(['aws', 'remote', 'local']).optional(),
  annotations: z.record(z.string().regex(/^[A-Za-z0-9_]{1,500}$/), annotation).default({}),
  http: http.optional(),
});

export type Subsegment = z.infer<typeof entity> & { subsegments?: Subsegment[] | undefined };

const subsegmentSchema: z.ZodType<Subsegment> = entity.extend({
  subsegments: z.lazy(() => z.array(subsegmentSchema)).optional(),
});

const segmentSchema = entity.extend({
  subsegments: z.array(subsegmentSchema).optional(),
  trace_id: z.string().regex(TRACE_ID, 'must look like 1-58406520-a006649127e371903a2de979'),
  parent_id: z.string().regex(ID, 'must be 16 hexadecimal digits').optional(),
  type: z.literal('subsegment').optional(),
  user: z.string().max(250).optional(),
  origin: z.string().optional(),
  aws: z
    .looseObject({ xray: z.looseObject({ sampling_rule_name: z.string().optional() }).optional() })
    .optional(),
});

/** A segment document as X-Ray documents it. */
export type Segment = z.infer<typeof segmentSchema>;

/**
 * Parses a segment document within X-Ray's published limits.
 */
export function readSegment(
  document: string,
  nowSeconds: number,
): { segment: Segment; problem?: undefined } | { segment?: undefined; problem: string } {
  const bytes = Buffer.byteLength(document);
  if (bytes > MAX_BYTES) {
    return { problem: `${bytes} bytes; X-Ray accepts ${MAX_BYTES}` };
  }
  let json: unknown;
  try {
    json = JSON.parse(document);
  } catch (error) {
    return { problem: `invalid JSON: ${String(error)}` };
  }
  const result = segmentSchema.safeParse(json);
  if (!result.success) {
    return { problem: z.prettifyError(result.error) };
  }
  const segment = result.data;
  const problem = timeProblem(segment, nowSeconds) ?? shapeProblem(segment);
  return problem === undefined ? { segment } : { problem };
}

function shapeProblem(segment: Segment): string | undefined {
  if (segment.type === 'subsegment' && segment.parent_id === undefined) {
    return 'a subsegment sent alone has no parent_id';
  }
  const annotations = [segment, ...subsegmentsOf(segment)].reduce(
    (sum, item) => sum + Object.keys(item.annotations).length,
    0,
  );
  return annotations > MAX_ANNOTATIONS
    ? `${annotations} annotations; X-Ray indexes ${MAX_ANNOTATIONS}`
    : undefined;
}

function timeProblem(segment: Segment, nowSeconds: number): string | undefined {
  for (const item of [segment, ...subsegmentsOf(segment)]) {
    if ((item.end_time !== undefined) === item.in_progress) {
      return `${item.name} must have either end_time or in_progress`;
    }
    if (item.end_time !== undefined && item.end_time < item.start_time) {
      return `${item.name} ends before it starts`;
    }
  }
  const traceAge = nowSeconds - parseInt(segment.trace_id.slice(2, 10), 16);
  if (traceAge > OLDEST_TRACE_SECONDS || traceAge < -NEWEST_SECONDS) {
    return `trace ${segment.trace_id} began ${Math.round(traceAge)} s ago`;
  }
  const age = nowSeconds - segment.start_time;
  return age > OLDEST_SECONDS || age < -NEWEST_SECONDS
    ? `start_time ${segment.start_time} is ${age} s ago`
    : undefined;
}

/** Returns all subsegments, at any depth. */
export function subsegmentsOf(segment: Subsegment): Subsegment[] {
  return (segment.subsegments ?? []).flatMap((item) => [item, ...subsegmentsOf(item)]);
}

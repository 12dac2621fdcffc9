import { z } from 'zod';
import { isAllowed, type Statement } from '../template/iam';
import type { Quota } from '../xray/reservoir';
import { DEFAULT_RULE, type SamplingRule } from '../xray/sampling-rule';
import type { Answer, Received } from './http-double';
import { HttpDouble } from './http-double';
import type { Segment } from './segment';
import { readSegment } from './segment';

/** Seconds between two reports of a client. */
const REPORT_INTERVAL = 10;
/** Seconds by which the clock of a caller may differ. */
const CLOCK_SKEW = 900;
/** Seconds that a quota is valid for. */
export const QUOTA_SECONDS = 15;

/** The action that IAM checks for each path of the API. */
const ACTIONS: Readonly<Record<string, string>> = {
  '/TraceSegments': 'xray:PutTraceSegments',
  '/TelemetryRecords': 'xray:PutTelemetryRecords',
  '/GetSamplingRules': 'xray:GetSamplingRules',
  '/SamplingTargets': 'xray:GetSamplingTargets',
  '/SamplingStatisticSummaries': 'xray:GetSamplingStatisticSummaries',
};

const segmentsSchema = z.object({ TraceSegmentDocuments: z.array(z.string()).min(1).max(50) });
const telemetrySchema = z.looseObject({
  TelemetryRecords: z.array(
    z.looseObject({
      Timestamp: z.number(),
      SegmentsReceivedCount: z.number().int().optional(),
      SegmentsRejectedCount: z.number().int().optional(),
    }),
  ),
});
const targetsSchema = z.object({
  SamplingStatisticsDocuments: z
    .array(
      z.object({
        RuleName: z.string().min(1).max(32),
        ClientID: z.string().regex(/^[0-9a-f]{24}$/),
        Timestamp: z.number(),
        RequestCount: z.number().int().nonnegative(),
        SampledCount: z.number().int().nonnegative(),
        BorrowCount: z.number().int().nonnegative().optional(),
      }),
    )
    .min(1)
    .max(25),
});

type Statistics = z.infer<typeof targetsSchema>['SamplingStatisticsDocuments'][number];

/** Healthy, answering 429 to everything, or processing no segment. */
export type XRayBehavior = 'healthy' | 'throttling' | 'unprocessing';

export interface Call {
  readonly action: string;
  readonly status: number;
  readonly at: number;
}

export interface XRayApiProps {
  readonly port: number;
  readonly rules: readonly SamplingRule[];
  /** Statements of the caller's role. */
  readonly statements: readonly Statement[];
  readonly region: string;
  readonly accessKeyId: string;
}

/**
 * A test double of the X-Ray API: serves the sampling rules and reservoir quotas, accepts
 * segments within the published limits, and refuses what the role does not allow.
 */
export class XRayApi extends HttpDouble {
  public behavior: XRayBehavior = 'healthy';
  public readonly calls: Call[] = [];
  public readonly problems: string[] = [];
  public readonly segments: Segment[] = [];
  public readonly quotas: Quota[] = [];
  public readonly statistics: Statistics[] = [];
  /** Everything received, to search for the key. */
  public readonly bodies: string[] = [];
  private readonly rules: readonly SamplingRule[];
  /** When each client last reported, by rule; epoch seconds. */
  private readonly reportedAt = new Map<string, Map<string, number>>();
  private readonly complete = new Set<string>();
  private readonly batches = new Set<string>();
  private readonly madeAt = Math.floor(Date.now() / 1000) - 3600;

  constructor(private readonly props: XRayApiProps) {
    super(props.port);
    this.rules = [...props.rules, DEFAULT_RULE];
  }

  /** When a sampler first received the rules; epoch seconds. */
  public get rulesFetchedAt(): number | undefined {
    return this.calls.find(
      ({ action, status }) => action === 'xray:GetSamplingRules' && status === 200,
    )?.at;
  }

  protected answer(received: Received): Answer {
    const { method, path, body, at } = received;
    const text = body.toString();
    this.bodies.push(text);
    const action = ACTIONS[path];
    const answer =
      action === undefined || method !== 'POST'
        ? refuse(404, 'UnknownOperationException', `${method} ${path}`)
        : this.call(action, received, text);
    this.calls.push({ action: action ?? path, status: answer.status, at });
    if (answer.status >= 400) {
      this.problems.push(`${action ?? path}: ${String(answer.body)}`);
    }
    return answer;
  }

  private call(action: string, received: Received, text: string): Answer {
    const unsigned = this.signatureProblem(received);
    if (unsigned !== undefined) {
      return refuse(403, 'MissingAuthenticationTokenException', unsigned);
    }
    // none of the X-Ray actions that the daemon calls is limited to a resource
    if (isAllowed(this.props.statements, action, '*') === false) {
      return refuse(
        403,
        'AccessDeniedException',
        `the task role is not authorized to perform ${action}`,
      );
    }
    if (this.behavior === 'throttling') {
      return refuse(429, 'ThrottledException', 'Rate exceeded');
    }
    try {
      return json(this.result(action, JSON.parse(text || '{}'), received.at));
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      return refuse(400, 'InvalidRequestException', reason);
    }
  }

  private result(action: string, body: unknown, at: number): unknown {
    switch (action) {
      case 'xray:PutTraceSegments':
        return this.putTraceSegments(segmentsSchema.parse(body), at);
      case 'xray:GetSamplingRules':
        return {
          NextToken: null,
          SamplingRuleRecords: this.rules.map((rule) => ({
            SamplingRule: { ...rule, RuleARN: this.ruleArn(rule) },
            CreatedAt: this.madeAt,
            ModifiedAt: this.madeAt,
          })),
        };
      case 'xray:GetSamplingTargets':
        return this.getSamplingTargets(targetsSchema.parse(body), at);
      case 'xray:PutTelemetryRecords':
        telemetrySchema.parse(body);
        return {};
      default:
        return { SamplingStatisticSummaries: [], NextToken: null };
    }
  }

  private putTraceSegments(body: z.infer<typeof segmentsSchema>, at: number): unknown {
    const batch = JSON.stringify(body.TraceSegmentDocuments);
    if (this.batches.has(batch)) {
      // the daemon sends a batch again if the response comes late, and X-Ray keeps each document once
      return { UnprocessedTraceSegments: [] };
    }
    const unprocessed = body.TraceSegmentDocuments.flatMap((document) => {
      if (this.behavior === 'unprocessing') {
        return [{ Id: null, ErrorCode: 'InternalFailure', Message: 'not processed' }];
      }
      const { segment, problem } = readSegment(document, at);
      if (segment) {
        const id = `${segment.trace_id} ${segment.id}`;
        if (this.complete.has(id)) {
          this.problems.push(`a document was sent twice, or its ID is not unique: ${id}`);
        }
        if (!segment.in_progress) {
          this.complete.add(id);
        }
        this.segments.push(segment);
        return [];
      }
      this.problems.push(`segment refused: ${problem}`);
      return [{ Id: null, ErrorCode: 'ParseError', Message: problem }];
    });
    if (unprocessed.length === 0) {
      this.batches.add(batch);
    }
    return { UnprocessedTraceSegments: unprocessed };
  }

  private getSamplingTargets(body: z.infer<typeof targetsSchema>, at: number): unknown {
    for (const statistics of body.SamplingStatisticsDocuments) {
      const { RuleName, ClientID, Timestamp } = statistics;
      this.statistics.push(statistics);
      const ofRule = this.reportedAt.get(RuleName) ?? new Map<string, number>();
      this.reportedAt.set(RuleName, ofRule.set(ClientID, Timestamp));
    }
    const known = new Map(this.rules.map((rule) => [rule.RuleName, rule]));
    return {
      LastRuleModification: this.madeAt,
      SamplingTargetDocuments: body.SamplingStatisticsDocuments.flatMap((statistics) => {
        const rule = known.get(statistics.RuleName);
        return rule ? [this.target(rule, statistics, at)] : [];
      }),
      UnprocessedStatistics: body.SamplingStatisticsDocuments.filter(
        ({ RuleName }) => !known.has(RuleName),
      ).map(({ RuleName }) => ({ RuleName, ErrorCode: '404', Message: 'no such rule' })),
    };
  }

  /** All clients that report share the reservoir of a rule; each gets a part of it. */
  private target(rule: SamplingRule, { ClientID }: Statistics, at: number): unknown {
    const clients = [...(this.reportedAt.get(rule.RuleName) ?? [])]
      .filter(([, reportedAt]) => reportedAt > at - 2 * REPORT_INTERVAL)
      .map(([client]) => client);
    const extra = clients.indexOf(ClientID) < rule.ReservoirSize % clients.length ? 1 : 0;
    const perSecond = Math.floor(rule.ReservoirSize / clients.length) + extra;
    const expiresAt = Math.floor(at) + QUOTA_SECONDS;
    this.quotas.push({ rule: rule.RuleName, client: ClientID, perSecond, givenAt: at, expiresAt });
    return {
      RuleName: rule.RuleName,
      FixedRate: rule.FixedRate,
      ReservoirQuota: perSecond,
      ReservoirQuotaTTL: expiresAt,
      Interval: REPORT_INTERVAL,
    };
  }

  /** Checks the form of the AWS signature and its region; only AWS can verify its value. */
  private signatureProblem({ headers, at }: Received): string | undefined {
    const { authorization = '', 'x-amz-date': date } = headers;
    const day = new Date(at * 1000).toISOString().slice(0, 10).replaceAll('-', '');
    const scope = `${this.props.accessKeyId}/${day}/${this.props.region}/xray/aws4_request`;
    const [, credential] =
      /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$/.exec(
        authorization,
      ) ?? [];
    if (credential === undefined || typeof date !== 'string') {
      return 'the call has no AWS signature, version 4';
    }
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
    const [year = 0, month = 0, ...rest] = parts.map(Number);
    const signedAt = Date.UTC(year, month - 1, ...rest) / 1000;
    if (!(Math.abs(at - signedAt) <= CLOCK_SKEW)) {
      return `signed at ${date}, which is not within 15 minutes`;
    }
    return credential === scope ? undefined : `signed for ${credential}, expected ${scope}`;
  }

  private ruleArn({ RuleName }: SamplingRule): string {
    return `arn:aws:xray:${this.props.region}:111122223333:sampling-rule/${RuleName}`;
  }
}

function json(body: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(body) };
}

function refuse(status: number, type: string, message: string): Answer {
  return { status, type: 'application/json', body: JSON.stringify({ __type: type, message }) };
}

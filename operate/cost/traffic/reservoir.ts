import { XRayApi } from '../../../rehearsal/doubles/xray-api';
import type { SamplingRule } from '../../../rehearsal/xray/sampling-rule';

/**
 * How many requests a second are recorded when a number of tasks shares a reservoir.
 */
export interface Shared {
  readonly tasks: number;
  /** Traces a second until X-Ray has assigned each task its quota. */
  readonly atFirst: number;
  /** Traces a second from then on. */
  readonly afterwards: number;
  /** Number of tasks whose quota is above 0. */
  readonly tasksWithQuota: number;
}

/** Seconds between two reports of a task, and before the first. */
const REPORT_INTERVAL = 10;

/**
 * Returns what tasks record that share the reservoir of a rule, and the requests evenly. The rehearsal's double of the X-Ray
 * API divides the reservoir, and each task samples as the X-Ray SDK does.
 */
export function shareReservoir(
  rule: SamplingRule,
  tasks: number,
  requestsPerSecond: number,
): Shared {
  const each = requestsPerSecond / tasks;
  const quotas = quotasOf(rule, tasks);
  // until X-Ray has assigned a quota, a task borrows one request a second
  const borrowed = rule.ReservoirSize > 0 ? 1 : 0;
  return {
    tasks,
    atFirst: tasks * recorded(each, borrowed, rule),
    afterwards: quotas.reduce((sum, quota) => sum + recorded(each, quota, rule), 0),
    tasksWithQuota: quotas.filter((quota) => quota > 0).length,
  };
}

/** Returns how many requests a second one task records: https://github.com/aws/aws-xray-sdk-python, `sampling/reservoir.py`. */
function recorded(requests: number, quota: number, { FixedRate }: SamplingRule): number {
  // 1.3 requests a second are one in some seconds, and two in 0.3 of them
  const whole = Math.floor(requests);
  const seconds = requests - whole;
  const taken = (1 - seconds) * Math.min(whole, quota) + seconds * Math.min(whole + 1, quota);
  return taken + (requests - taken) * FixedRate;
}

/** The search for the load that reaches a limit needs the quotas some forty times, and they do not depend on the load. */
const known = new Map<string, readonly number[]>();

/** Returns the quota of each task. */
function quotasOf(rule: SamplingRule, tasks: number): readonly number[] {
  const key = JSON.stringify([rule, tasks]);
  const found = known.get(key) ?? assignedQuotas(rule, tasks);
  known.set(key, found);
  return found;
}

function assignedQuotas(rule: SamplingRule, tasks: number): readonly number[] {
  const xray = new ReservoirDouble(rule);
  const report = (second: number) =>
    Array.from({ length: tasks }, (_, task) => xray.quotaOf(clientId(task), second));
  // X-Ray knows all tasks from their second report on
  report(REPORT_INTERVAL);
  return report(2 * REPORT_INTERVAL);
}

function clientId(task: number): string {
  return task.toString(16).padStart(24, '0');
}

/** The rehearsal's double, called without a network and at any time. */
class ReservoirDouble extends XRayApi {
  constructor(private readonly rule: SamplingRule) {
    super({
      port: 0,
      rules: [rule],
      statements: [{ effect: 'Allow', actions: ['xray:*'], resources: ['*'] }],
      region: REGION,
      accessKeyId: KEY_ID,
    });
  }

  public quotaOf(client: string, second: number): number {
    const counts = { RequestCount: 1, SampledCount: 1, BorrowCount: 0 };
    const statistics = {
      RuleName: this.rule.RuleName,
      ClientID: client,
      Timestamp: second,
      ...counts,
    };
    const now = new Date(second * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    const { status, body } = this.answer({
      method: 'POST',
      path: '/SamplingTargets',
      headers: { authorization: AUTHORIZATION, 'x-amz-date': now },
      body: Buffer.from(JSON.stringify({ SamplingStatisticsDocuments: [statistics] })),
      at: second,
    });
    if (status !== 200) {
      throw new Error(`the X-Ray double refused the report of a task: ${String(body)}`);
    }
    const { SamplingTargetDocuments } = JSON.parse(String(body)) as {
      SamplingTargetDocuments: [{ ReservoirQuota: number }];
    };
    return SamplingTargetDocuments[0].ReservoirQuota;
  }
}

const REGION = 'us-east-1';
const KEY_ID = 'AKIDSIMULATED';
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=${KEY_ID}/19700101/${REGION}/xray/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

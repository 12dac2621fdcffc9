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
const SIMULATED_SECONDS = 60;

/**
 * Simulates tasks that share the reservoir of a rule: each samples as the X-Ray SDK does, and reports to the rehearsal's double
 * of the X-Ray API, which divides the reservoir. Requests are spread evenly, and the fixed rate records its exact share of
 * those beyond the reservoir.
 */
export function shareReservoir(
  rule: SamplingRule,
  tasks: number,
  requestsPerSecond: number,
): Shared {
  const quotas = quotasOf(rule, tasks);
  const samplers = Array.from({ length: tasks }, (_, index) => new Sampler(rule, index, tasks));
  const recorded = Array.from({ length: SIMULATED_SECONDS }, (_, second) => {
    const reported = quotas[Math.floor(second / REPORT_INTERVAL) - 1];
    return samplers.reduce((sum, sampler, index) => {
      sampler.quota = reported?.[index];
      return sum + sampler.record(requestsPerSecond / tasks);
    }, 0);
  });
  return {
    tasks,
    atFirst: mean(recorded.slice(0, REPORT_INTERVAL)),
    // X-Ray knows all tasks from their second report on
    afterwards: mean(recorded.slice(2 * REPORT_INTERVAL)),
    tasksWithQuota: samplers.filter(({ quota }) => quota !== undefined && quota > 0).length,
  };
}

/** The search for the load that reaches a limit needs the quotas some forty times, and they do not depend on the load. */
const known = new Map<string, readonly (readonly number[])[]>();

/** Returns the quota of each task after each of its reports. */
function quotasOf(rule: SamplingRule, tasks: number): readonly (readonly number[])[] {
  const key = JSON.stringify([rule, tasks]);
  const found = known.get(key);
  if (found) {
    return found;
  }
  const xray = new ReservoirDouble(rule);
  const quotas = Array.from({ length: SIMULATED_SECONDS / REPORT_INTERVAL - 1 }, (_, report) =>
    Array.from({ length: tasks }, (_, task) =>
      xray.quotaOf(clientId(task), (report + 1) * REPORT_INTERVAL),
    ),
  );
  known.set(key, quotas);
  return quotas;
}

function clientId(task: number): string {
  return task.toString(16).padStart(24, '0');
}

/** The decisions of one task: https://github.com/aws/aws-xray-sdk-python, `sampling/reservoir.py`. */
class Sampler {
  /** Requests a second that it may record. Until it is assigned, the task borrows one a second. */
  public quota: number | undefined;
  private carried: number;

  constructor(
    private readonly rule: SamplingRule,
    index: number,
    tasks: number,
  ) {
    // the tasks take turns, so that requests are spread evenly even if each task has less than one a second
    this.carried = index / tasks;
  }

  /** Returns how many of one second's requests are recorded. */
  public record(requests: number): number {
    // half a request a second is a request every other second
    const arrived = Math.floor(this.carried + requests);
    this.carried += requests - arrived;
    const borrowed = this.rule.ReservoirSize > 0 ? 1 : 0;
    const taken = Math.min(arrived, this.quota ?? borrowed);
    return taken + (arrived - taken) * this.rule.FixedRate;
  }
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

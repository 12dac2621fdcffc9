import type { Minute } from '../alarms/minute';
import type { Segment } from '../doubles/segment';
import { parseFilter } from '../xray/filter-expression';
import type { Plan } from '../template/plan';
import type { Exchange } from '../traffic/exchange';
import { isHealthy } from '../traffic/start';
import { filterTrace } from './filter-trace';
import { groupBy } from './run-index';

/** How long a load balancer waits for the response to a health check unless the target group says otherwise. */
const HEALTH_CHECK_SECONDS = 5;

interface Observed {
  readonly plan: Plan;
  /** Requests and health checks of the time in question. */
  readonly exchanges: readonly Exchange[];
  /** Segments of the time in question. */
  readonly segments: readonly Segment[];
  readonly lines: Minute['lines'];
  /** CPU that all containers used. */
  readonly vCpus: number;
  readonly memoryMiB: number;
}

/** Counts what was observed as CloudWatch would: as one minute, however long it took. */
export function minuteOf({ plan, exchanges, segments, ...observed }: Observed): Minute {
  const requests = exchanges.filter(({ kind }) => kind !== 'health');
  const seconds = ({ doneAt, sentAt }: Exchange) => doneAt - sentAt;
  const isPassed = (check: Exchange) =>
    isHealthy(plan.healthCheck.codes, check.status ?? 0) && seconds(check) <= HEALTH_CHECK_SECONDS;
  const traces = [...groupBy(segments, ({ trace_id }) => trace_id).values()].map(filterTrace);
  return {
    requests: requests.length,
    // a route that is expected to fail does not indicate a fault
    errors: requests.filter(({ route, status = 0 }) => status >= 500 && status !== route.status)
      .length,
    latencies: requests.map(seconds),
    healthChecks: exchanges
      .filter(({ kind }) => kind === 'health')
      .map((check) => (isPassed(check) ? 1 : 0)),
    cpuPercent: (100 * 1024 * observed.vCpus) / plan.task.cpuUnits,
    memoryPercent: (100 * observed.memoryMiB) / plan.task.memoryMiB,
    // without the groups that only X-Ray can count
    traces: Object.fromEntries(
      plan.groups.flatMap(({ GroupName, FilterExpression }) => {
        const selects = parseFilter(FilterExpression);
        return selects ? [[GroupName, traces.filter(selects).length]] : [];
      }),
    ),
    lines: observed.lines,
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateAlarm, type Metric, type Samples } from '../../rehearsal/alarms/alarm';
import { samplesFromLog } from '../../rehearsal/alarms/metric-filter';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

export type Resources = Readonly<Record<string, Resource>>;

/**
 * Lines that the real daemon 3.6.6 and the real application wrote in front of endpoints that took everything (`healthy`), that
 * refused in one way, or were not there. Of exceptions, the first and the last line.
 */
export const LINES = JSON.parse(
  readFileSync(join(__dirname, 'log-lines.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;

/** What happens in each minute of half an hour, or of as long as there is something. */
interface Scenario {
  readonly name: string;
  /** The alarms that must fire; all others must not. */
  readonly fires: readonly string[];
  readonly minutes?: number;
  /** Samples a minute, by metric. What is not given is as in a healthy run. */
  readonly samples?: Readonly<
    Record<string, readonly number[] | ((minute: number) => readonly number[])>
  >;
  readonly lines?: (minute: number) => readonly string[];
}

const HEALTHY: Readonly<Record<string, readonly number[]>> = {
  RequestCount: [400],
  HTTPCode_Target_5XX_Count: [19],
  TargetResponseTime: [0.1, 1.9],
  HealthyHostCount: [0, 1],
  CPUUtilization: [80],
  MemoryUtilization: [10, 85],
  'ApproximateTraceCount Cruddur': [310],
  'ApproximateTraceCount Cruddur-faults': [2],
};

const DAY = 24 * 60;
const always = (lines: readonly string[]) => () => lines;

const DAEMON_FAULTS = ['daemon absent', 'daemon killed', 'segment too large'];

/** One line a minute in a metric, as the application writes it, in three minutes: just enough. */
const repeated = (line: string) => (minute: number) => (minute < 3 ? [line] : []);

export const SCENARIOS: readonly Scenario[] = [
  { name: 'healthy', fires: [], lines: always(LINES.healthy ?? []) },
  { name: 'healthy for a day', fires: [], minutes: DAY },
  {
    name: 'no traffic',
    fires: [],
    samples: {
      RequestCount: [],
      HTTPCode_Target_5XX_Count: [],
      TargetResponseTime: [],
      'ApproximateTraceCount Cruddur': [],
      'ApproximateTraceCount Cruddur-faults': [],
    },
  },
  {
    name: 'a monitor that asks for the health check every 10 seconds',
    fires: [],
    samples: {
      RequestCount: [6],
      HTTPCode_Target_5XX_Count: [],
      'ApproximateTraceCount Cruddur': [],
    },
  },
  ...Object.entries(LINES).flatMap(([name, lines]): Scenario[] =>
    name === 'healthy'
      ? []
      : lines.map((line) => ({
          name: `${name}: ${line.slice(0, 120)}`,
          fires: [
            name.startsWith('X-Ray') || DAEMON_FAULTS.includes(name)
              ? 'DaemonErrors'
              : 'SpansRefused',
          ],
          lines: name.startsWith('key') ? (minute) => (minute === 0 ? [line] : []) : repeated(line),
        })),
  ),
  {
    name: 'a daemon that restarts',
    fires: [],
    lines: (minute) => (minute < 2 ? (LINES['daemon killed'] ?? []) : []),
  },
  {
    name: 'one refusal',
    fires: [],
    lines: (minute) => (minute < 2 ? (LINES['honeycomb 503'] ?? []) : []),
  },
  {
    name: 'requests without traces',
    fires: ['RequestsWithoutTraces'],
    // more than 30 in 5 minutes
    samples: {
      RequestCount: [6.4],
      HTTPCode_Target_5XX_Count: [],
      'ApproximateTraceCount Cruddur': [],
    },
  },
  {
    name: 'requests without traces in every other 5 minutes',
    fires: [],
    samples: {
      RequestCount: (minute) => (minute % 10 < 5 ? [400] : []),
      HTTPCode_Target_5XX_Count: [],
      'ApproximateTraceCount Cruddur': [],
    },
  },
  {
    name: '5xx in every third minute',
    fires: [],
    samples: { HTTPCode_Target_5XX_Count: (minute) => (minute % 3 === 0 ? [21] : []) },
  },
  {
    name: '5xx',
    fires: ['ServerErrors'],
    samples: { HTTPCode_Target_5XX_Count: [21] },
  },
  { name: 'slow', fires: ['SlowResponses'], samples: { TargetResponseTime: [0.1, 2.1] } },
  { name: 'no healthy task', fires: ['TooFewTasks'], samples: { HealthyHostCount: [0, 0] } },
  { name: 'no task', fires: ['TooFewTasks'], samples: { HealthyHostCount: [] } },
  { name: 'busy', fires: ['HighCpu'], samples: { CPUUtilization: [90] } },
  { name: 'full', fires: ['HighMemory'], samples: { MemoryUtilization: [10, 95] } },
  {
    name: 'more traces than the budget',
    fires: ['TraceBudget'],
    minutes: DAY,
    samples: { 'ApproximateTraceCount Cruddur': [323] },
  },
  {
    name: 'traces with a fault',
    fires: ['FaultTraces'],
    samples: { 'ApproximateTraceCount Cruddur-faults': [2.2] },
  },
];

/**
 * What is wrong with the alarms of a template: each scenario in which other alarms fire than must.
 */
export function problems(resources: Resources, scenarios = SCENARIOS): string[] {
  const ofType = (type: string) =>
    Object.entries(resources).filter(([, { Type }]) => Type === type);
  const filters = ofType('AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
  return scenarios.flatMap((scenario) => {
    const { minutes = 30, lines = () => [] } = scenario;
    const log = Array.from({ length: minutes }, (_, minute) => lines(minute));
    const samplesOf = (metric: Metric): Samples => {
      const group = metric.Dimensions.find(({ Name }) => Name === 'GroupName')?.Value;
      const key = typeof group === 'string' ? `${metric.MetricName} ${group}` : metric.MetricName;
      const samples = scenario.samples?.[key] ?? HEALTHY[key];
      return samples
        ? log.map((_, minute) => (typeof samples === 'function' ? samples(minute) : samples))
        : samplesFromLog(filters, metric, log);
    };
    const fired = ofType('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => evaluateAlarm(Properties, samplesOf).includes('ALARM'))
      .map(([id]) => nameOf(id));
    const expected = scenario.fires.filter((name) =>
      Object.keys(resources).some((id) => nameOf(id) === name),
    );
    return fired.sort().join() === expected.join()
      ? []
      : [
          `${scenario.name}: ${fired.join(', ') || 'no alarm'} instead of ${expected.join(', ') || 'none'}`,
        ];
  });
}

/** `ServiceAlarmsServerErrorsD0E4A1EF` is the alarm `ServerErrors`. */
export function nameOf(logicalId: string): string {
  return /^(?:Trace|Service)Alarms(\w+)[0-9A-F]{8}$/.exec(logicalId)?.[1] ?? logicalId;
}

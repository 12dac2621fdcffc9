import { evaluateAlarm } from '../alarms/alarm';
import { type Minute, repeated, type TemplateResources } from '../alarms/minute';
import { evaluate, type Row, unavailable } from '../results/result';
import { noneWrong, outOf, tally } from '../results/tally';

/** Long enough for every alarm that does not count a whole day. */
const MINUTES = 60;
const DAY_SECONDS = 86_400;
const ALARM = 'AWS::CloudWatch::Alarm';

const SUBJECT = 'Alarms, if what was observed lasts for an hour';

/** A fault, and a minute of it. */
export interface FaultMinute {
  readonly description: string;
  /** @see Fault.isBrief */
  readonly isBrief?: boolean;
  readonly minute: Minute;
}

/** Conditions that no fault outside the application causes, derived from a healthy minute. */
function derivedFrom(healthy: Minute): FaultMinute[] {
  const recorded = Math.max(...Object.values(healthy.traces), 1);
  const each = Object.keys(healthy.traces).map((group) => [group, recorded] as const);
  return [
    { description: 'Every response is a 500', minute: { ...healthy, errors: healthy.requests } },
    {
      description: 'Every trace has a fault',
      minute: { ...healthy, traces: Object.fromEntries(each) },
    },
    { description: 'The task uses all of its CPU', minute: { ...healthy, cpuPercent: 100 } },
    { description: 'The task uses all of its memory', minute: { ...healthy, memoryPercent: 100 } },
  ];
}

/**
 * Evaluates every alarm of a template: it must be silent in a healthy run, and fire in a fault; and no fault that lasts may go
 * unnoticed.
 */
export function evaluateAlarms(
  resources: TemplateResources,
  healthy: Minute,
  faults: readonly FaultMinute[],
): Row[] {
  const alarms = Object.entries(resources).filter(([, { Type }]) => Type === ALARM);
  const scenarios = [...faults, ...derivedFrom(healthy)];
  const noticed = new Set<FaultMinute>();
  const rows = alarms.map(([id, { Properties }]) => {
    const fires = ({ minute }: Pick<FaultMinute, 'minute'>) =>
      evaluateAlarm(Properties, repeated(minute, MINUTES, resources)).includes('ALARM');
    const measure = () => {
      const fired = scenarios.filter(fires);
      fired.forEach((fault) => noticed.add(fault));
      return {
        firesHealthy: fires({ minute: healthy }),
        firesIn: fired.map(({ description }) => description),
      };
    };
    return {
      id: `alarm-${id}`,
      subject: SUBJECT,
      claim: `${id} fires in a fault, and not in a healthy run`,
      ...resultOf(Properties, measure),
    };
  });
  const lasting = faults.filter(({ isBrief }) => isBrief !== true);
  return [
    ...rows,
    {
      id: 'faults-noticed',
      subject: SUBJECT,
      claim: 'An alarm fires in every fault that lasts',
      ...evaluate(
        {
          unavailable: alarms.length === 0 ? 'the template has no alarm' : undefined,
          passes: noneWrong,
          figure: (data) => outOf(data, 'faults fire an alarm'),
        },
        tally(
          lasting,
          (fault) => noticed.has(fault),
          ({ description }) => description,
        ),
      ),
    },
  ];
}

function resultOf(
  properties: unknown,
  measure: () => { firesHealthy: boolean; firesIn: readonly string[] },
) {
  if (JSON.stringify(properties).includes(`"Period":${DAY_SECONDS}`)) {
    return unavailable('it counts the traces of a day, and the load of a day is not known');
  }
  try {
    return evaluate(
      {
        passes: ({ firesHealthy, firesIn }) => !firesHealthy && firesIn.length > 0,
        figure: ({ firesHealthy, firesIn }) =>
          `It ${firesHealthy ? 'fires' : 'is silent'} in the healthy run; faults that fire it: ${firesIn.join('; ') || 'none'}`,
      },
      measure(),
    );
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : String(error));
  }
}

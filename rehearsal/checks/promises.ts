import { allowedCounts } from './binomial';
import { subsegmentsOf } from '../doubles/segment';
import { parseFilter, type FilterTrace } from '../template/filter';
import { isAllowed } from '../template/iam';
import { Meter } from '../testbed/meter';
import type { ContainerRecord, Evidence } from '../traffic/run';
import type { Container, Plan } from '../template/plan';
import { decidingRule, DEFAULT_RULE } from './sampling';
import { homeRule, sampling, segmentsByTrace, serverSpans, spansByTrace, traced } from './traces';
import { succeeded, type Kind } from '../traffic/traffic';

/** How often a promise that draws on chance fails though it is kept. */
export const FALSE_ALARM = 1e-9;

export interface Verdict {
  readonly kept: boolean;
  /** What was seen. */
  readonly figure: string;
  /** What it was compared with. */
  readonly against: string;
  /** Why it could not be judged here; such a promise counts as kept. */
  readonly skipped?: string;
}

interface Named {
  readonly id: string;
  readonly claim: string;
}

/** A promise is judged on a run, or can already be judged on the template. */
export type Promised =
  | (Named & { readonly judge: (evidence: Evidence, search: KeySearch) => Verdict })
  | (Named & { readonly judgeTemplate: (plan: Plan) => Verdict });

export function judge(promised: Promised, evidence: Evidence, search: KeySearch): Verdict {
  return 'judge' in promised
    ? promised.judge(evidence, search)
    : promised.judgeTemplate(evidence.plan);
}

/** Looks for the Honeycomb key where it must not be. */
export interface KeySearch {
  readonly key: string;
  /** Synthesized files that hold the key, and how many were read. */
  readonly files: { readonly read: number; readonly holding: readonly string[] };
}

const HONEYCOMB_ORIGINS = ['https://api.honeycomb.io', 'https://api.eu1.honeycomb.io'];
const WRITING_TRACES = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];
const SEED_SPAN = 'home-activities-mock-data';
const ISO_WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)$/;

/**
 * All promises. To add one, add an entry; nothing else needs to know of it.
 */
export const PROMISES: readonly Promised[] = [
  {
    id: 'requests-answered',
    claim: 'Every request is answered as it should be',
    judge: ({ exchanges }) =>
      none(
        exchanges.filter((exchange) => exchange.kind !== 'health' && !succeeded(exchange)),
        ({ kind, phase, status, error }) => `${kind} (${phase}): ${String(status ?? error)}`,
        `${exchanges.length} requests`,
      ),
  },
  {
    id: 'health-checks-pass',
    claim: "The load balancer's and the container's health checks pass",
    judge: ({ exchanges, healthChecks }) => {
      const ours = exchanges.filter(({ kind, phase }) => kind === 'health' && phase === 'counted');
      const failed = [
        ...ours.filter((exchange) => !succeeded(exchange)).map(({ status }) => String(status)),
        ...healthChecks
          .filter(({ code }) => code !== 0)
          .map(({ code, output }) => `exit ${code}: ${output}`),
      ];
      return none(
        failed,
        String,
        `${ours.length} of the load balancer, ${healthChecks.length} of the container`,
      );
    },
  },
  {
    id: 'honeycomb-complete',
    claim: 'Every request is one trace in Honeycomb',
    judge: (evidence) => {
      const requests = traced(evidence);
      const byTrace = spansByTrace(evidence);
      const missing = requests.filter(
        ({ traceId, root }) =>
          traceId === undefined ||
          (root !== undefined && root !== traceId) ||
          serverSpans(byTrace.get(traceId)).length !== 1,
      );
      const roots = serverSpans(evidence.spans).length;
      return {
        kept: missing.length === 0 && roots === requests.length && requests.length > 0,
        figure: `${roots} server spans, ${missing.length} requests without exactly one`,
        against: `${requests.length} requests`,
      };
    },
  },
  {
    id: 'honeycomb-service',
    claim: "Spans carry the service's name",
    judge: ({ plan, spans }) =>
      allAre(
        spans.map(({ resource }) => String(resource['service.name'])),
        plan.application.Name,
        'spans',
      ),
  },
  {
    id: 'honeycomb-key',
    claim: 'Spans come with the key that the secret leads to',
    judge: ({ honeycombKeys, plan }, { key }) => {
      const right = honeycombKeys.get(key) ?? 0;
      const wrong = [...honeycombKeys].filter(([value]) => value !== key);
      return {
        kept: right > 0 && wrong.length === 0,
        figure: `${right} batches with it, ${wrong.reduce((sum, [, count]) => sum + count, 0)} with another`,
        against: plan.keyPath.parameterName,
      };
    },
  },
  {
    id: 'honeycomb-host',
    claim: "Spans would have gone to Honeycomb's host, encrypted",
    judge: ({ exportOrigins }) => ({
      kept:
        exportOrigins.length > 0 &&
        exportOrigins.every((origin) => HONEYCOMB_ORIGINS.includes(origin)),
      figure: exportOrigins.join(', ') || 'no endpoint in the environment',
      against: HONEYCOMB_ORIGINS.join(' or '),
    }),
  },
  {
    id: 'honeycomb-protocol',
    claim: 'Honeycomb takes every batch',
    judge: ({ honeycombProblems, honeycombKeys }) =>
      none(
        honeycombProblems,
        String,
        `${[...honeycombKeys.values()].reduce((sum, count) => sum + count, 0)} batches`,
      ),
  },
  {
    id: 'xray-share',
    claim: 'X-Ray records the share that rule and reservoir allow',
    judge: (evidence) => {
      const { rule, requests, isRecorded, free } = sampling(evidence);
      const { low, high } = allowedCounts(
        {
          requests: requests.length,
          freeAtLeast: free.atLeast,
          freeAtMost: free.atMost,
          rate: rule.FixedRate,
        },
        FALSE_ALARM,
      );
      const count = requests.filter(isRecorded).length;
      return {
        kept: count >= Math.max(low, 1) && count <= high,
        figure: `${count} of ${requests.length} recorded`,
        against: `${low} to ${high}: ${free.atLeast} to ${free.atMost} from the reservoir, ${rule.FixedRate} of the rest; false alarm ${FALSE_ALARM}`,
      };
    },
  },
  {
    id: 'xray-rule',
    claim: 'The traffic is sampled by a rule of the template',
    judge: (evidence) => {
      const { requests } = sampling(evidence);
      const byTrace = segmentsByTrace(evidence);
      const used = requests
        .flatMap(({ traceId }) => byTrace.get(traceId ?? '') ?? [])
        .map(({ aws }) => aws?.xray?.sampling_rule_name ?? 'the rules of the SDK itself');
      const { RuleName } = homeRule(evidence.plan);
      const verdict = allAre(used, RuleName, 'segments');
      return { ...verdict, kept: verdict.kept && RuleName !== DEFAULT_RULE.RuleName };
    },
  },
  {
    id: 'xray-not-all',
    claim: 'X-Ray records a share of the traffic, since each trace is paid for',
    judgeTemplate: (plan) => {
      const { FixedRate, RuleName } = homeRule(plan);
      return {
        kept: FixedRate < 1,
        figure: `rule ${RuleName} records ${FixedRate} of what exceeds its reservoir`,
        against: 'less than 1',
      };
    },
  },
  {
    id: 'xray-documents',
    claim:
      "Every segment is within X-Ray's published limits, every call is signed and of the right form",
    judge: ({ calls, xrayProblems, segments }) =>
      none(xrayProblems, String, `${segments.length} segments, ${calls.length} calls`),
  },
  {
    id: 'xray-service',
    claim: "Segments carry the service's name, whatever the host",
    judge: ({ plan, segments }) =>
      allAre(
        segments.map(({ name }) => name),
        plan.application.Name,
        'segments',
      ),
  },
  {
    id: 'same-id',
    claim: 'Every trace in X-Ray is in Honeycomb under the same id',
    judge: (evidence) => {
      const byTrace = spansByTrace(evidence);
      const ids = [...segmentsByTrace(evidence).keys()];
      const missing = ids.filter((id) => !byTrace.has(id));
      return some(missing, ids.length, 'traces');
    },
  },
  {
    id: 'group-filter',
    claim: "The group's filter selects the service's traces and no others",
    judge: (evidence) => {
      const own = filterTraces(evidence);
      const others = own.flatMap((trace) =>
        [`${evidence.plan.application.Name}-2`, 'frontend-react-js'].map((name) => ({
          ...trace,
          services: [name],
        })),
      );
      const results = evidence.plan.groups.map(({ GroupName, FilterExpression }) => {
        const selects = parseFilter(FilterExpression);
        return {
          text: `${GroupName}: ${own.filter(selects).length} of ${own.length}, ${others.filter(selects).length} of others`,
          exact: own.length > 0 && own.every(selects) && !others.some(selects),
        };
      });
      return {
        kept: results.some(({ exact }) => exact),
        figure: results.map(({ text }) => text).join('; ') || 'no group',
        against: `${own.length} traces of the service, ${others.length} made up for others`,
      };
    },
  },
  {
    id: 'no-health-check',
    claim: 'No health check is a trace in either backend',
    judge: ({ exchanges, healthChecks, plan, segments, spans }) => {
      const probes = exchanges.filter(({ kind }) => kind === 'health').length + healthChecks.length;
      const found = [...segments, ...spans].filter((item) =>
        JSON.stringify(item).includes(plan.healthCheck.path),
      );
      return {
        kept: found.length === 0 && probes > 0,
        figure: `${found.length} segments and spans of ${plan.healthCheck.path}`,
        against: `0 after ${probes} health checks`,
      };
    },
  },
  {
    id: 'health-rule',
    claim: 'Were a health check traced, a rule would record none',
    judgeTemplate: (plan) => {
      const rule = decidingRule(plan.rules, {
        service: plan.application.Name,
        host: '10.0.0.5',
        method: 'GET',
        path: plan.healthCheck.path,
      });
      return {
        kept: rule.FixedRate === 0 && rule.ReservoirSize === 0,
        figure: `rule ${rule.RuleName} decides: rate ${rule.FixedRate}, reservoir ${rule.ReservoirSize}`,
        against: 'rate 0, reservoir 0',
      };
    },
  },
  {
    id: 'seed-span',
    claim: `Each home request has the span ${SEED_SPAN} with app.now and app.result_length`,
    judge: (evidence) => {
      const byTrace = spansByTrace(evidence);
      const home = traced(evidence).filter(({ kind }) => kind !== 'missing');
      const without = home.filter(({ traceId }) => {
        const spans = byTrace.get(traceId ?? '') ?? [];
        const [server] = serverSpans(spans);
        return !spans.some(
          ({ name, parentSpanId, attributes }) =>
            name === SEED_SPAN &&
            parentSpanId === server?.spanId &&
            ISO_WITH_OFFSET.test(String(attributes['app.now'])) &&
            Number.isInteger(attributes['app.result_length']),
        );
      });
      return some(without, home.length, 'home requests');
    },
  },
  {
    id: 'no-forced-sampling',
    claim: "A stranger's Sampled=1 forces nothing, Sampled=0 hides nothing",
    judge: (evidence) => {
      const forced = strangersShare(evidence, 'forced');
      const suppressed = strangersShare(evidence, 'suppressed');
      return {
        kept: forced.kept && suppressed.kept,
        figure: `${forced.figure} with 1, ${suppressed.figure} with 0`,
        against: `${forced.against}, ${suppressed.against}; false alarm ${FALSE_ALARM}`,
      };
    },
  },
  {
    id: 'no-strange-parent',
    claim: 'No stranger chooses a parent or a trace id, by any header',
    judge: ({ exchanges, segments, spans }) => {
      const text = JSON.stringify([segments, spans]);
      const ids = new Set(text.match(/[0-9a-f]{32}|[0-9a-f]{16}/g));
      const strange = exchanges.flatMap((exchange) => exchange.strange);
      const found = strange.filter((id) => ids.has(id) || (id.length < 16 && text.includes(id)));
      const adopted = spans.filter(({ kind, parentSpanId }) => kind === 2 && parentSpanId !== '');
      return {
        kept: found.length === 0 && adopted.length === 0,
        figure: `${found.length} ids of strangers found, ${adopted.length} server spans with a parent`,
        against: `0 of ${strange.length} that were sent`,
      };
    },
  },
  {
    id: 'role-suffices',
    claim: 'The daemon calls nothing that the task role does not allow',
    judge: ({ calls, plan }) => {
      const made = [...new Set(calls.map(({ action }) => action))];
      const denied = made.filter((action) => !isAllowed(plan.taskRole.statements, action, '*'));
      const missing = ['xray:PutTraceSegments', 'xray:GetSamplingRules'].filter(
        (action) => !made.includes(action),
      );
      return {
        kept: denied.length === 0 && missing.length === 0 && plan.taskRole.assumedByTasks,
        figure:
          denied.length > 0
            ? `denied: ${denied.join(', ')}`
            : `made: ${made.join(', ') || 'no call'}`,
        against: `${plan.taskRole.id}${plan.taskRole.assumedByTasks ? '' : ', which ECS tasks may not assume'}`,
      };
    },
  },
  {
    id: 'role-minimal',
    claim: 'The task role allows nothing beyond writing traces and reading sampling rules',
    judgeTemplate: (plan) => {
      const known = WRITING_TRACES.map((action) => action.toLowerCase());
      const beyond = plan.taskRole.statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions }) => actions)
        .filter((action) => !known.includes(action.toLowerCase()));
      return some(beyond, plan.taskRole.statements.length, 'statements', beyond.join(', '));
    },
  },
  {
    id: 'key-path',
    claim:
      'The key goes from a NoEcho parameter to the parameter store and nowhere else in the template',
    judgeTemplate: (plan) =>
      none(
        plan.keyPath.problems,
        String,
        plan.keyPath.declared
          ? 'the template, which declares the parameter'
          : 'the template; an operator makes the parameter',
      ),
  },
  {
    id: 'key-hidden',
    claim: 'The key is in no synthesized file, log, command line or trace',
    judge: ({ application, daemon, segments, spans, xrayBodies }, { key, files }) => {
      const places: Record<string, readonly string[]> = {
        'log of the application': application.log,
        'log of the daemon': daemon.log,
        'command lines': [...application.commandLines, ...daemon.commandLines],
        'calls to X-Ray': xrayBodies,
        segments: segments.map((segment) => JSON.stringify(segment)),
        spans: spans.map((span) => JSON.stringify(span)),
      };
      const holding = [
        ...files.holding,
        ...Object.keys(places).filter((place) => places[place]?.some((text) => text.includes(key))),
      ];
      const read = application.log.length + daemon.log.length;
      return none(
        holding,
        String,
        `${files.read} files, ${read} log lines, ${Object.keys(places).length} places`,
      );
    },
  },
  {
    id: 'stop-answers',
    claim: 'SIGTERM under load loses no request',
    judge: ({ application, exchanges, plan, stopSeconds }) => {
      const during = exchanges.filter(({ phase }) => phase === 'stop');
      const lost = during.filter((exchange) => !succeeded(exchange));
      return {
        kept: during.length > 0 && lost.length === 0 && application.exit?.code === 0,
        figure: `${lost.length} of ${during.length} lost, exit code ${String(application.exit?.code ?? application.exit?.signal)} after ${stopSeconds.toFixed(1)} s`,
        against: `0 lost, exit code 0 within ${plan.application.StopTimeout} s`,
      };
    },
  },
  {
    id: 'stop-flushes',
    claim: 'SIGTERM under load loses no span',
    judge: (evidence) => {
      const byTrace = spansByTrace(evidence);
      const during = traced(evidence).filter(({ phase }) => phase === 'stop');
      const lost = during.filter(({ traceId }) => !byTrace.has(traceId ?? ''));
      return some(lost, during.length, 'requests');
    },
  },
  {
    id: 'daemon-optional',
    claim: 'The daemon can end without the application, and comes back',
    judgeTemplate: (plan) => ({
      kept: !plan.daemon.Essential && plan.daemon.RestartPolicy.Enabled,
      figure: `essential ${String(plan.daemon.Essential)}, restart policy ${plan.daemon.RestartPolicy.Enabled ? 'on' : 'off'}`,
      against: 'essential false, restart policy on',
    }),
  },
  {
    id: 'containers-run',
    claim: 'Every container runs until it is stopped',
    judge: ({ application, daemon }) =>
      none(
        [application, daemon].filter(({ endedEarly }) => endedEarly),
        ({ name, exit, log }) =>
          `${name} ended with code ${String(exit?.code)}: ${log.at(-1) ?? ''}`,
        '2 containers',
      ),
  },
  {
    id: 'logs-quiet',
    claim: 'A healthy run logs no error, and no span goes to the log',
    judge: ({ application, daemon }) =>
      none(
        [...application.log, ...daemon.log].filter(
          (line) =>
            /"level": ?"(error|critical)"|\[Error\]|Traceback/i.test(line) ||
            line.includes(SEED_SPAN),
        ),
        (line) => line.slice(0, 200),
        `${application.log.length + daemon.log.length} lines`,
      ),
  },
  {
    id: 'memory',
    claim: 'Memory stays inside what each container has',
    judge: ({ application, daemon, daemonIsReal, plan }) =>
      within(
        [
          [application, plan.application],
          [daemon, daemonIsReal ? plan.daemon : undefined],
        ],
        ({ peakMemoryMiB }) => peakMemoryMiB,
        ({ Memory }) => Memory ?? plan.task.memoryMiB,
        'MiB at most',
        0,
      ),
  },
  {
    id: 'cpu',
    claim: 'Processor time stays inside what each container has',
    judge: ({ application, daemon, daemonIsReal, plan, script }) =>
      within(
        [
          [application, plan.application],
          [daemon, daemonIsReal ? plan.daemon : undefined],
        ],
        ({ averageCpu }) => averageCpu,
        ({ Cpu }) => (Cpu ?? plan.task.cpuUnits) / 1024,
        `vCPU at ${script.rate} requests a second`,
        3,
      ),
  },
];

function none<T>(bad: readonly T[], describe: (item: T) => string, of: string): Verdict {
  const [first] = bad;
  return {
    kept: first === undefined,
    figure: first === undefined ? '0 wrong' : `${bad.length} wrong, first: ${describe(first)}`,
    against: `0 in ${of}`,
  };
}

/** Like `none`, for things that must exist too. */
function some(bad: readonly unknown[], total: number, of: string, which = ''): Verdict {
  return {
    kept: bad.length === 0 && total > 0,
    figure: `${bad.length} of ${total} ${of} wrong${which === '' ? '' : `: ${which}`}`,
    against: total === 0 ? `at least one of ${of}` : '0',
  };
}

function allAre(values: readonly string[], wanted: string, of: string): Verdict {
  const counts = new Map<string, number>();
  values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1));
  return {
    kept: counts.size === 1 && counts.has(wanted),
    figure: [...counts].map(([value, count]) => `${count} ${value}`).join(', ') || `no ${of}`,
    against: `${wanted} on all ${values.length} ${of}`,
  };
}

function strangersShare(evidence: Evidence, kind: Kind) {
  const { rule, requests, isRecorded, free } = sampling(evidence);
  const theirs = requests.filter((exchange) => exchange.kind === kind);
  const { low, high } = allowedCounts(
    { requests: theirs.length, freeAtLeast: 0, freeAtMost: free.atMost, rate: rule.FixedRate },
    FALSE_ALARM,
  );
  const count = theirs.filter(isRecorded).length;
  return {
    kept: theirs.length > 0 && count >= low && count <= high,
    figure: `${count} of ${theirs.length} recorded`,
    against: `${low} to ${high}`,
  };
}

function filterTraces(evidence: Evidence): FilterTrace[] {
  return [...segmentsByTrace(evidence).values()].map((segments) => {
    const all = segments.flatMap((segment) => [segment, ...subsegmentsOf(segment)]);
    const [first] = segments;
    const duration = (first?.end_time ?? 0) - (first?.start_time ?? 0);
    return {
      services: segments.map(({ name }) => name),
      url: first?.http?.request?.url ?? '',
      method: first?.http?.request?.method ?? '',
      status: first?.http?.response?.status ?? 0,
      duration,
      responseTime: duration,
      annotations: Object.assign(
        {},
        ...all.map(({ annotations }) => annotations),
      ) as FilterTrace['annotations'],
    };
  });
}

function within(
  containers: readonly (readonly [ContainerRecord, Container | undefined])[],
  measured: (record: ContainerRecord) => number,
  limit: (container: Container) => number,
  unit: string,
  digits: number,
): Verdict {
  const judged = containers.flatMap(([record, container]) =>
    container ? [{ name: record.name, value: measured(record), limit: limit(container) }] : [],
  );
  const verdict = {
    kept: judged.every(({ value, limit: most }) => value <= most),
    figure: judged.map(({ name, value }) => `${name} ${value.toFixed(digits)}`).join(', '),
    against: `${judged.map(({ limit: most }) => most.toFixed(digits)).join(', ')} ${unit}`,
  };
  return Meter.unavailable === undefined
    ? verdict
    : { ...verdict, kept: true, skipped: Meter.unavailable };
}

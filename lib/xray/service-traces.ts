import { Construct } from 'constructs';
import { requireHealthCheckPath } from '../validation/health-check-path';
import { requireKnownAtSynth, requireNumber } from '../validation/prop-checks';
import { FilterExpression } from './filter/filter-expression';
import { type PathSampling, PathSamplingRules } from './path-sampling-rules';
import { requireFreePriorities, SamplingRule } from './sampling-rule';
import type { Sampling } from './sampling-rule-props';
import { requireServiceName } from './names/service-name';
import { healthCheckRuleName, requireServiceRuleName } from './names/service-rule-name';
import { TraceGroup } from './trace-group';

/**
 * Properties for `ServiceTraces`.
 */
export interface ServiceTracesProps extends Sampling {
  /**
   * Name of the service, as it reports it in its segments: 1 to 64 characters, known at synth.
   */
  readonly serviceName: string;

  /**
   * Name of the group: 1 to 32 letters, digits and dashes, not `Default`, unique in the account and region.
   */
  readonly groupName: string;

  /**
   * Name of the sampling rule: 1 to 25 letters, digits and dashes, not `Default`, not ending in `-health`, unique in the
   * account and region, known at synth. The other rules' names begin with it: `<ruleName>-health` and, for a path,
   * `<ruleName>-<path>`.
   */
  readonly ruleName: string;

  /**
   * Priority of the sampling rule: whole, at most 9999, known at synth. The rules for health checks and for `paths` have the
   * priorities right before it, so it must be at least 2 plus the number of paths.
   */
  readonly priority: number;

  /**
   * Path of the health checks, which are not recorded.
   */
  readonly healthCheckPath: string;

  /**
   * Paths that are sampled differently, in the order in which X-Ray tries them. `*` stands for any text and `?` for one
   * character. Health checks are not recorded, even if a path here matches theirs.
   *
   * @default - all requests except health checks are sampled alike
   *
   * @example
   * { '/api/slow': { fixedRate: 1 }, '/api/search/*': { fixedRate: 0.01, reservoirSize: 0 } }
   */
  readonly paths?: Readonly<Record<string, PathSampling>>;

  /**
   * Let X-Ray look for anomalies in the traces of the group. Billed per recorded trace.
   *
   * @default false
   */
  readonly insights?: boolean;

  /**
   * Send an event to EventBridge when an insight changes. Needs `insights`.
   *
   * @default false
   */
  readonly insightsNotifications?: boolean;
}

/**
 * What X-Ray needs to know about one service: the group of its traces, and how its requests are sampled.
 */
export class ServiceTraces extends Construct {
  /**
   * The traces that reach the service.
   */
  public readonly group: TraceGroup;

  /**
   * The rule for every request that no other rule matches.
   */
  public readonly samplingRule: SamplingRule;

  /**
   * The rule that keeps health checks from being recorded.
   */
  public readonly healthCheckSamplingRule: SamplingRule;

  /**
   * The rules for `paths`, in the same order.
   */
  public readonly pathSamplingRules: SamplingRule[];

  /**
   * @throws for a value outside its limits, and for a priority or name that another rule of the stack has
   */
  constructor(scope: Construct, id: string, props: ServiceTracesProps) {
    super(scope, id);

    const { serviceName, ruleName, priority, fixedRate, reservoirSize, paths = {} } = props;
    const firstPriority = priority - Object.keys(paths).length - 1;
    requireServiceName(serviceName);
    requireKnownAtSynth('ruleName', ruleName);
    requireServiceRuleName(ruleName);
    requireHealthCheckPath(props.healthCheckPath);
    requireKnownAtSynth('priority', priority);
    requireNumber('priority', priority, {
      min: priority - firstPriority + 1,
      max: 9999,
      whole: true,
    });
    requireFreePriorities(this, serviceName, firstPriority, priority);

    this.group = new TraceGroup(this, 'TraceGroup', {
      groupName: props.groupName,
      filterExpression: FilterExpression.service(serviceName),
      insights: props.insights,
      insightsNotifications: props.insightsNotifications,
    });
    const service = { serviceName, ruleName, fixedRate, reservoirSize };
    this.samplingRule = new SamplingRule(this, 'SamplingRule', { ...service, priority });
    // tried first: a reservoir would record health checks, and a path such as /api/* may match theirs
    this.healthCheckSamplingRule = new SamplingRule(this, 'HealthCheckSamplingRule', {
      ruleName: healthCheckRuleName(ruleName),
      priority: firstPriority,
      fixedRate: 0,
      reservoirSize: 0,
      serviceName,
      urlPath: props.healthCheckPath,
    });
    this.pathSamplingRules = new PathSamplingRules(this, 'Paths', {
      paths,
      firstPriority: firstPriority + 1,
      service,
    }).rules;
  }
}

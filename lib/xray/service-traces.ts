import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { requireHealthCheckPath } from '../validation/health-check-path';
import {
  PropError,
  renamingProps,
  requireKnownAtSynth,
  requireNumber,
} from '../validation/prop-checks';
import { FilterExpression } from './filter-expression';
import { SamplingRule, type SamplingRuleProps } from './sampling-rule';
import { requireServiceName } from './service-name';
import { TraceGroup } from './trace-group';
import { isXRayName, XRAY_NAME_MAX_LENGTH } from './xray-name';

/**
 * How the requests to one path are sampled.
 */
export interface PathSampling {
  /**
   * Share of the further requests to record, from 0 to 1.
   *
   * @default - the service's `fixedRate`
   */
  readonly fixedRate?: number;

  /**
   * Requests to record each second before `fixedRate` applies: whole, 0 or more.
   *
   * @default - the service's `reservoirSize`
   */
  readonly reservoirSize?: number;

  /**
   * Name of the sampling rule: 1 to 32 letters, digits and dashes.
   *
   * @default - the service's `ruleName` and the path, such as `Cruddur-api-slow`
   */
  readonly ruleName?: string;
}

/**
 * Properties for `ServiceTraces`.
 */
export interface ServiceTracesProps {
  /**
   * The name that the service gives its segments, 1 to 64 characters, known at synth.
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
   * Priority of the sampling rule: whole, at most 9999, known at synth. The rules for `paths` and for health checks have the
   * priorities right before it, so it must be at least 2, and 1 more for each path.
   */
  readonly priority: number;

  /**
   * Share of the further requests to record, from 0 to 1.
   *
   * @default - as for `SamplingRule`
   */
  readonly fixedRate?: number;

  /**
   * Requests to record each second before `fixedRate` applies: whole, 0 or more.
   *
   * @default - as for `SamplingRule`
   */
  readonly reservoirSize?: number;

  /**
   * Path of the health checks, which are not recorded.
   */
  readonly healthCheckPath: string;

  /**
   * Paths that are sampled in a way of their own, in the order in which X-Ray tries them. In a path, `*` stands for any text
   * and `?` for one character. Health checks are never recorded, even if a path here matches theirs.
   *
   * @default - every request but the health checks is sampled alike
   *
   * @example
   * { '/api/slow': { fixedRate: 1 }, '/api/search/*': { fixedRate: 0.01, reservoirSize: 0 } }
   */
  readonly paths?: Readonly<Record<string, PathSampling>>;

  /**
   * Let X-Ray look for anomalies in the traces of the group. It is billed per trace recorded.
   *
   * @default false
   */
  readonly insights?: boolean;
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
   * The rule for all requests that no other rule is for.
   */
  public readonly samplingRule: SamplingRule;

  /**
   * The rule that keeps health checks from being recorded.
   */
  public readonly healthCheckSamplingRule: SamplingRule;

  /**
   * The rules for `paths`, in the same order.
   */
  public readonly pathSamplingRules: readonly SamplingRule[];

  /**
   * @throws for a value outside its limits, and for priorities or names that other rules of the stack have
   */
  constructor(scope: Construct, id: string, props: ServiceTracesProps) {
    super(scope, id);

    const { serviceName, ruleName, priority, fixedRate, reservoirSize, healthCheckPath } = props;
    const paths = Object.entries(props.paths ?? {});
    const firstPriority = priority - paths.length - 1;
    requireServiceName(serviceName);
    requireKnownAtSynth('ruleName', ruleName);
    requireServiceRuleName(ruleName);
    requireHealthCheckPath(healthCheckPath);
    requireKnownAtSynth('priority', priority);
    requireNumber('priority', priority, { min: paths.length + 2, max: 9999, whole: true });
    this.requireFree(firstPriority, priority);

    this.group = new TraceGroup(this, 'TraceGroup', {
      groupName: props.groupName,
      filterExpression: FilterExpression.service(serviceName),
      insights: props.insights,
    });
    this.samplingRule = new SamplingRule(this, 'SamplingRule', {
      ...{ ruleName, priority, fixedRate, reservoirSize, serviceName },
    });
    // tried first: a reservoir would record each of them, and a path such as /api/* may match theirs
    this.healthCheckSamplingRule = new SamplingRule(this, 'HealthCheckSamplingRule', {
      ruleName: `${ruleName}${HEALTH}`,
      priority: firstPriority,
      fixedRate: 0,
      reservoirSize: 0,
      serviceName,
      urlPath: healthCheckPath,
    });
    this.pathSamplingRules = paths.map(([urlPath, sampling], index) =>
      renamingProps(
        (prop) => (prop === 'urlPath' ? 'paths' : `paths['${urlPath}'].${prop}`),
        () =>
          this.addPathRule(sampling.ruleName ?? [ruleName, ...words(urlPath)].join('-'), {
            priority: firstPriority + 1 + index,
            fixedRate: sampling.fixedRate ?? fixedRate,
            reservoirSize: sampling.reservoirSize ?? reservoirSize,
            serviceName,
            urlPath,
          }),
      ),
    );
  }

  private addPathRule(ruleName: string, props: Omit<SamplingRuleProps, 'ruleName'>): SamplingRule {
    requireKnownAtSynth('ruleName', ruleName);
    // X-Ray cannot rename a rule: with its name in the id, another name is another rule
    const id = `SamplingRule-${ruleName}`;
    if (this.node.tryFindChild(id)) {
      throw new PropError('ruleName', 'be unique, another path has it already', ruleName);
    }
    return new SamplingRule(this, id, { ruleName, ...props });
  }

  private requireFree(first: number, last: number): void {
    const taken = Stack.of(this)
      .node.findAll()
      .filter((other) => other instanceof SamplingRule)
      .find(({ priority }) => priority >= first && priority <= last);
    if (taken) {
      throw new PropError(
        'priority',
        `leave ${first} to ${last} to the rules of this service, ${taken.node.path} has ${taken.priority} already`,
        last,
      );
    }
  }
}

const HEALTH = '-health';

/**
 * What the rule of a service may be called, in words.
 */
export const SERVICE_RULE_NAME_RULE = `1 to ${XRAY_NAME_MAX_LENGTH - HEALTH.length} letters, digits and dashes, not Default and not ending in ${HEALTH}`;

/**
 * Whether X-Ray accepts the name, and the one that is made of it for the health checks, which no other service's rule has.
 */
export function isServiceRuleName(name: string): boolean {
  return isXRayName(name) && isXRayName(`${name}${HEALTH}`) && !name.endsWith(HEALTH);
}

function requireServiceRuleName(name: string): void {
  if (!isServiceRuleName(name)) {
    throw new PropError('ruleName', `be ${SERVICE_RULE_NAME_RULE}`, JSON.stringify(name));
  }
}

function words(urlPath: string): readonly string[] {
  return urlPath.match(/[A-Za-z0-9]+/g) ?? [];
}

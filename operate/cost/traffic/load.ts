import { decidingRule, type SamplingRule } from '../../../rehearsal/xray/sampling-rule';
import { HONEYCOMB_PLANS, type HoneycombPlan, HOURS_A_MONTH, SECONDS_A_MONTH } from '../prices';
import { shareReservoir } from './reservoir';
import type { Usage } from '../standing';
import { list, property, resourcesOf, type Template } from '../template';

/**
 * The traffic of a month.
 */
export interface Load {
  /** Requests a second, without health checks. */
  readonly requestsPerSecond: number;
  /** Number of tasks, which share the requests evenly. */
  readonly tasks: number;
  /** Spans of a request. Each is an event in Honeycomb, and at most one segment document in X-Ray. */
  readonly spansPerRequest: number;
}

/** A new connection a second costs 1/25 LCU: https://aws.amazon.com/elasticloadbalancing/pricing/ */
const NEW_CONNECTIONS_A_LCU = 25;

/**
 * Returns what a month under load uses, in addition to an idle month.
 */
export function underLoad(template: Template, load: Load): readonly Usage[] {
  const traces = tracesPerSecond(template, load) * SECONDS_A_MONTH;
  const insights = resourcesOf(template, 'AWS::XRay::Group').filter(
    (group) => property(group, 'InsightsConfiguration.InsightsEnabled') === true,
  );
  const balancers = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  return [
    { what: 'X-Ray, traces recorded', price: 'trace', units: traces },
    ...insights.map((): Usage => ({ what: 'X-Ray Insights', price: 'insight', units: traces })),
    ...balancers.map((): Usage => ({
      what: 'load balancer capacity, a connection per request',
      price: 'loadBalancerCapacity',
      units: (load.requestsPerSecond / NEW_CONNECTIONS_A_LCU) * HOURS_A_MONTH,
    })),
    // the application logs problems, not requests
    { what: 'logs, no line per request', price: 'logs', units: 0 },
  ];
}

/**
 * Returns how many traces a second X-Ray records once each task has its quota of the reservoir.
 */
export function tracesPerSecond(template: Template, load: Load): number {
  return shareReservoir(trafficRule(template), load.tasks, load.requestsPerSecond).afterwards;
}

/**
 * Returns the sampling rule that decides for the service's requests other than health checks.
 */
export function trafficRule(template: Template): SamplingRule {
  const rules = resourcesOf(template, 'AWS::XRay::SamplingRule').map(
    (rule) => ({ Attributes: {}, ...(property(rule, 'SamplingRule') as object) }) as SamplingRule,
  );
  const request = { host: 'service.example', method: 'GET', path: '/' };
  return decidingRule(rules, { service: serviceName(template), ...request });
}

/**
 * Returns the number of events that Honeycomb counts in a month.
 */
export function honeycombEvents({ requestsPerSecond, spansPerRequest }: Load): number {
  return requestsPerSecond * spansPerRequest * SECONDS_A_MONTH;
}

/**
 * Returns the smallest Honeycomb plan that covers the events of a month.
 */
export function honeycombPlan(events: number): HoneycombPlan {
  const plan = HONEYCOMB_PLANS.find((candidate) => events <= candidate.events);
  if (plan === undefined) {
    throw new Error(`no plan covers ${events} events`);
  }
  return plan;
}

function serviceName(template: Template): string {
  const variables = resourcesOf(template, 'AWS::ECS::TaskDefinition')
    .flatMap((definition) => list(definition, 'ContainerDefinitions'))
    .flatMap((container) => (container as { Environment?: Variable[] }).Environment ?? []);
  const named = variables.find(({ Name }) => Name === 'OTEL_SERVICE_NAME');
  return typeof named?.Value === 'string' ? named.Value : '';
}

interface Variable {
  readonly Name: string;
  readonly Value: unknown;
}

import { decidingRule, type SamplingRule } from '../../../rehearsal/xray/sampling-rule';
import { HONEYCOMB_PLANS, type HoneycombPlan, HOURS_A_MONTH, SECONDS_A_MONTH } from '../prices';
import { shareReservoir } from './reservoir';
import type { Usage } from '../standing';
import { list, property, resourcesOf, type Template } from '../template';

/**
 * The traffic that is assumed, all month long.
 */
export interface Load {
  /** Requests a second, health checks not counted. */
  readonly requestsPerSecond: number;
  /** Tasks that share the requests evenly. */
  readonly tasks: number;
  /** Spans that a request makes: events in Honeycomb, and at most as many documents in X-Ray. */
  readonly spansPerRequest: number;
}

/** A new connection a second costs 1/25 LCU: https://aws.amazon.com/elasticloadbalancing/pricing/ */
const NEW_CONNECTIONS_A_LCU = 25;

/**
 * What a month under load uses, beyond what stands idle.
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
      what: 'load balancer capacity, a connection for each request',
      price: 'loadBalancerCapacity',
      units: (load.requestsPerSecond / NEW_CONNECTIONS_A_LCU) * HOURS_A_MONTH,
    })),
    // the application writes a line when something is wrong, and none for a request
    { what: 'logs, nothing written for a request', price: 'logs', units: 0 },
  ];
}

/**
 * How many traces a second X-Ray records once every task has its part of the reservoir.
 */
export function tracesPerSecond(template: Template, load: Load): number {
  return shareReservoir(trafficRule(template), load.tasks, load.requestsPerSecond).afterwards;
}

/**
 * The sampling rule that decides for the service's requests, health checks left aside.
 */
export function trafficRule(template: Template): SamplingRule {
  const rules = resourcesOf(template, 'AWS::XRay::SamplingRule').map(
    (rule) => ({ Attributes: {}, ...(property(rule, 'SamplingRule') as object) }) as SamplingRule,
  );
  const request = { host: 'service.example', method: 'GET', path: '/' };
  return decidingRule(rules, { service: serviceName(template), ...request });
}

/**
 * Events that Honeycomb counts in a month.
 */
export function honeycombEvents({ requestsPerSecond, spansPerRequest }: Load): number {
  return requestsPerSecond * spansPerRequest * SECONDS_A_MONTH;
}

/**
 * The smallest plan of Honeycomb that takes the events.
 */
export function honeycombPlan(events: number): HoneycombPlan {
  const plan = HONEYCOMB_PLANS.find((candidate) => events <= candidate.events);
  if (plan === undefined) {
    throw new Error(`the last plan must take any number of events, got: ${events}`);
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

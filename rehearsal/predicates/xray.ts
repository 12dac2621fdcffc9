import { Refusal } from '../refusal';
import { type FilterTrace, parseFilter } from '../xray/filter-expression';
import { decidingRule, type SamplingRule } from '../xray/sampling-rule';
import { readGroup, readGroups, readRule, readRules } from '../template/xray';
import { type Graph, NotKnown, type Predicates } from './graph';
import { serviceNameOf, targetGroupOf } from './parts';

/** More than one task of the smallest size serves in a second. */
const ALL = 250;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
const PATHS = [
  '/',
  '/api/activities/home',
  '/api/activities/@ada/status',
  '/a/path/of/another/service',
];

/** The rules that decide for the requests of a service, whatever their method, path and host. */
function decidingRules(graph: Graph, service: string): SamplingRule[] {
  const rules = readRules(graph.resources);
  const path = targetGroupOf(graph).text('HealthCheckPath', '/');
  return METHODS.flatMap((method) =>
    PATHS.filter((item) => item !== path).flatMap((item) =>
      ['api.cruddur.com', '10.0.0.5'].map((host) =>
        decidingRule(rules, { service, host, method, path: item }),
      ),
    ),
  );
}

const isOnce = <T>(items: readonly T[], of: (item: T) => unknown, value: unknown) =>
  items.filter((item) => of(item) === value).length === 1;

/** Traces of a service: of each method, status, and duration, with and without annotations. */
function tracesOf(name: string): FilterTrace[] {
  return METHODS.flatMap((method) =>
    [200, 301, 404, 429, 500, 503].flatMap((status) =>
      [0.001, 30].map((duration) => ({
        services: [name],
        url: `http://api.cruddur.com/api/activities/${status}`,
        method,
        status,
        duration,
        responseTime: duration,
        annotations: {},
      })),
    ),
  );
}

/** Predicates of facts.md. */
export const XRAY_PREDICATES: Predicates = {
  'be its own, with all that X-Ray accepts': (part, _, graph) =>
    isOnce(
      readRules(graph.resources),
      ({ RuleName }) => RuleName,
      readRule(graph.resources, part.id).RuleName,
    ),
  'be its own': (part, property, graph) =>
    isOnce(readRules(graph.resources), ({ Priority }) => Priority, part.number(property)),
  'decide for every request, whatever its method, path, and host': (_, __, graph) => {
    const rules = readRules(graph.resources);
    const names = rules.map(({ RuleName }) => RuleName);
    const service = serviceNameOf(graph);
    if (!decidingRules(graph, service).every(({ RuleName }) => names.includes(RuleName))) {
      const got = rules.map(({ RuleName, ServiceName }) => `${RuleName} for ${ServiceName}`);
      throw new Refusal(
        `X-Ray's Default decides for some of ${service}, got: ${got.join(', ') || 'no rule'}`,
      );
    }
    return true;
  },
  'be of this service': (_, __, graph) =>
    decidingRules(graph, 'another-service').every(({ RuleName }) => RuleName === 'Default'),
  'record a share of the requests': (_, __, graph) =>
    decidingRules(graph, serviceNameOf(graph)).every(
      ({ FixedRate, ReservoirSize }) => FixedRate > 0 || ReservoirSize > 0,
    ),
  'have a reservoir that one task exceeds': (_, __, graph) =>
    decidingRules(graph, serviceNameOf(graph)).every(({ ReservoirSize }) => ReservoirSize < ALL),
  'be its own, and one that X-Ray accepts': (part, _, graph) =>
    isOnce(
      readGroups(graph.resources),
      ({ GroupName }) => GroupName,
      readGroup(graph.resources, part.id).GroupName,
    ),
  "be in X-Ray's language": (part, _, graph) => {
    const { GroupName, FilterExpression } = readGroup(graph.resources, part.id);
    if (!parseFilter(FilterExpression)) {
      throw new NotKnown(`only X-Ray can evaluate ${FilterExpression}`);
    }
    return GroupName !== '';
  },
  'notify only with insights': (part, property) =>
    part.text(`${property}.NotificationsEnabled`, 'false') === 'false' ||
    part.text(`${property}.InsightsEnabled`) === 'true',
  'select every trace of the service, and no other': (_, __, graph) => {
    const name = serviceNameOf(graph);
    const groups = readGroups(graph.resources);
    const filters = groups.map(({ FilterExpression }) => parseFilter(FilterExpression));
    const isRight = filters.some(
      (selects) =>
        selects &&
        tracesOf(name).every(selects) &&
        !tracesOf(`${name}-2`).some(selects) &&
        !tracesOf('frontend').some(selects),
    );
    if (!isRight && filters.includes(undefined)) {
      throw new NotKnown('only X-Ray can evaluate the filter of a group');
    }
    if (!isRight) {
      const got = groups.map(({ FilterExpression }) => FilterExpression).join(', ') || 'no group';
      throw new Refusal(`no group holds all of ${name}, and that alone, got: ${got}`);
    }
    return true;
  },
};

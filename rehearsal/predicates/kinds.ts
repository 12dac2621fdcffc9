import type { Graph, Part } from './graph';
import { balancerGroups, bothSubnets, taskGroups, vpcOf } from './network';
import { restartMachinesOf, restartRulesOf } from './restart';
import { parametersOf } from './roles';
import { scalableTargetsOf } from './service';
import * as parts from './parts';

/** The kinds of parts that facts are about: those that a request and its trace depend on. */
export const KINDS: Readonly<Record<string, (graph: Graph) => readonly Part[]>> = {
  template: (graph) => [graph.root],
  service: (graph) => [parts.serviceOf(graph)],
  'scalable target': scalableTargetsOf,
  'any scalable target': (graph) => graph.ofType(parts.T.scalableTarget),
  'scaling policy': (graph) => graph.ofType(parts.T.scalingPolicy),
  cluster: (graph) => graph.ofType(parts.T.cluster),
  task: (graph) => [parts.taskOf(graph)],
  container: parts.containersOf,
  application: (graph) => [parts.applicationOf(graph)],
  daemon: (graph) => [parts.daemonOf(graph)],
  'log group': parts.logGroupsOf,
  role: parts.rolesOf,
  parameter: parametersOf,
  'restart rule': restartRulesOf,
  'restart machine': restartMachinesOf,
  VPC: (graph) => [vpcOf(graph)].filter((part) => part !== undefined),
  subnet: bothSubnets,
  'security group': (graph) => [...new Set([...taskGroups(graph), ...balancerGroups(graph)])],
  'load balancer': (graph) => [parts.loadBalancerOf(graph)],
  listener: parts.listenersOf,
  'target group': (graph) => [parts.targetGroupOf(graph)],
  'sampling rule': (graph) => graph.ofType('AWS::XRay::SamplingRule'),
  group: (graph) => graph.ofType('AWS::XRay::Group'),
};

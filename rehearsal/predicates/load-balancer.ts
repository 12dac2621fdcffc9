import { NotKnown, type Part, type Predicates } from './graph';
import {
  ANYONE,
  balancerGroups,
  bothSubnets,
  exitOf,
  idsOf,
  peersOf,
  permits,
  PUBLIC_PEER,
  rulesOf,
  taskGroups,
  vpcBlocks,
} from './network';
import {
  forwardingTo,
  listenersOf,
  loadBalancerOf,
  subnetsOf,
  T,
  targetGroupOf,
  targetOf,
} from './parts';

function attributesOf(part: Part, property: string): Record<string, string> {
  return Object.fromEntries(
    part.parts(property).map((item) => [item.text('Key'), item.text('Value')]),
  );
}

/** Why a listener may not send a request to the target group, although it forwards there. */
function detourOf(listener: Part): string | undefined {
  const actions = listener.parts('DefaultActions');
  const groups = actions
    .flatMap((action) => action.parts('ForwardConfig'))
    .flatMap((item) => item.parts('TargetGroups'))
    .filter((item) => item.text('Weight') !== '0');
  return groups.length > 1
    ? 'another target group gets some of the requests'
    : actions.some((action) => action.text('Type').startsWith('authenticate-'))
      ? 'clients sign in first'
      : listener.get('MutualAuthentication.Mode') === 'verify'
        ? 'clients need a certificate of their own'
        : undefined;
}

/** Predicates of facts.md. */
export const LOAD_BALANCER_PREDICATES: Predicates = {
  'be internet-facing, or in private subnets, or open to private addresses only': (
    balancer,
    property,
    graph,
  ) =>
    balancer.get(property) === 'internet-facing' ||
    subnetsOf(graph, balancer, 'Subnets').every((subnet) => exitOf(subnet, graph) !== 'gateway') ||
    !rulesOf(balancerGroups(graph), 'Ingress', graph).some(
      (rule) => rule.text('CidrIp') === ANYONE,
    ),
  'be in two zones, and public for an internet-facing one, with their routes created first': (
    balancer,
    property,
    graph,
  ) => {
    const subnets = balancer.texts(property).map((id) => graph.find(T.subnet, id));
    const known = subnets.filter((subnet) => subnet !== undefined);
    const attachments = graph.ofType('AWS::EC2::VPCGatewayAttachment');
    return (
      known.length === subnets.length &&
      new Set(known.map((subnet) => subnet.get('AvailabilityZone')).filter(Boolean)).size >= 2 &&
      (balancer.text('Scheme') !== 'internet-facing' ||
        (known.every((subnet) => exitOf(subnet, graph) === 'gateway') &&
          attachments.some(({ id }) => graph.dependsOn(balancer.id, id))))
    );
  },
  'allow clients in on each port that it listens on': (balancer, _, graph) =>
    listenersOf(graph).every((listener) =>
      peersOf(balancerGroups(graph), 'Ingress', listener.number('Port'), graph).some(
        (peer) => balancer.get('Scheme') !== 'internet-facing' || PUBLIC_PEER.test(peer),
      ),
    ),
  'let it out to the task': (_, __, graph) =>
    permits(
      balancerGroups(graph),
      'Egress',
      targetOf(graph).number('ContainerPort'),
      [ANYONE, ...vpcBlocks(graph), ...idsOf(taskGroups(graph))],
      graph,
    ),
  'let it in': (_, __, graph) =>
    permits(
      taskGroups(graph),
      'Ingress',
      targetOf(graph).number('ContainerPort'),
      [ANYONE, ...vpcBlocks(graph), ...idsOf(balancerGroups(graph))],
      graph,
    ),
  'keep a connection for 10 s': (balancer, property) =>
    Number(attributesOf(balancer, property)['idle_timeout.timeout_seconds'] ?? 60) >= 10,
  'stick by a cookie of the load balancer or the application, if at all': (group, property) =>
    /^((lb|app)_cookie)?$/.test(attributesOf(group, property)['stickiness.type'] ?? ''),
  'start slowly with round robin only': (group, property) => {
    const attributes = attributesOf(group, property);
    const { 'load_balancing.algorithm.type': algorithm = 'round_robin' } = attributes;
    return algorithm === 'round_robin' || !Number(attributes['slow_start.duration_seconds'] ?? 0);
  },
  'be of ACM in the region, or of IAM': (listener, property, { stated, resources }) =>
    listener.parts(property).every((item) => {
      const arn = item.text('CertificateArn');
      return (
        resources[arn]?.Type === 'AWS::CertificateManager::Certificate' ||
        new RegExp(
          `^arn:[\\w-]+:(acm:${stated.region ?? '[\\w-]+'}|iam:):${stated.account ?? '\\d+'}:`,
        ).test(arn)
      );
    }),
  'be its own among the listeners': (listener, property, graph) =>
    listenersOf(graph).filter((item) => item.number(property) === listener.number(property))
      .length === 1,
  'forward to it, from a load balancer': (_, __, graph) => loadBalancerOf(graph).id !== '',
  'forward to the target group, or redirect to one that does': (_, __, graph) =>
    listenersOf(graph).every((listener) => {
      const forwarding = forwardingTo(graph, targetGroupOf(graph));
      const isListener = (item: Part) => [item.id, item.get('ListenerArn')].includes(listener.id);
      const [action] = listener.parts('DefaultActions');
      const detour = detourOf(listener);
      if (detour !== undefined) {
        throw new NotKnown(`${listener.id}: ${detour}`);
      }
      const redirect = (key: string) => {
        const own = listener.text(key);
        return action?.text(`RedirectConfig.${key}`, own).replace(`#{${key.toLowerCase()}}`, own);
      };
      const isRedirect =
        action?.get('Type') === 'redirect' &&
        /^HTTP_30[12]$/.test(action.text('RedirectConfig.StatusCode'));
      return (
        forwarding.some(isListener) ||
        (isRedirect &&
          forwarding.some((item) =>
            ['Port', 'Protocol'].every((key) => item.text(key) === redirect(key)),
          ))
      );
    }),
  'leave the requests to the target group': (listener, _, graph) =>
    graph
      .ofType(T.listenerRule)
      .filter((rule) => graph.find(T.listener, rule.get('ListenerArn')) === listener)
      .every((rule) => {
        const isOurs = forwardingTo(graph, targetGroupOf(graph)).includes(rule);
        const values = rule
          .parts('Conditions')
          .flatMap((item) =>
            ['', 'PathPatternConfig.', 'HostHeaderConfig.', 'SourceIpConfig.'].flatMap((config) =>
              item.texts(`${config}Values`),
            ),
          );
        if (!isOurs && !values.some((value) => ['*', '/*', ANYONE].includes(value))) {
          throw new NotKnown(`${rule.id} matches some of the requests`);
        }
        return isOurs;
      }),
  "be the subnets'": (group, property, graph) => {
    const vpc = graph.find(T.vpc, group.get(property));
    return (
      vpc !== undefined &&
      bothSubnets(graph).every((subnet) => graph.find(T.vpc, subnet.get(property)) === vpc)
    );
  },
  'be that of the traffic': (group, property, graph) =>
    ['traffic-port', targetOf(graph).text('ContainerPort')].includes(
      group.text(property, 'traffic-port'),
    ),
  'accept 200': (group, property) =>
    group
      .text(`${property}.HttpCode`, '200')
      .split(',')
      .some((codes) => {
        const [low = '', high = low] = codes.split('-');
        return Number(low) <= 200 && Number(high) >= 200;
      }),
};

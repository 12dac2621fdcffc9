import { type Graph, NotKnown, type Part, type Predicate, type Predicates, within } from './graph';
import {
  listenersOf,
  loadBalancerOf,
  forwardingTo,
  SECURITY_GROUPS,
  securityGroupsOf,
  serviceOf,
  SUBNETS,
  subnetsOf,
  T,
  targetGroupOf,
  targetOf,
} from './parts';

const ANYONE = '0.0.0.0/0';

/** How packets leave a subnet for the internet. */
function exitOf(subnet: Part, graph: Graph): 'gateway' | 'nat' | undefined {
  const vpc = graph.find(T.vpc, subnet.get('VpcId'));
  const associations = graph
    .ofType('AWS::EC2::SubnetRouteTableAssociation')
    .filter((item) => graph.find(T.subnet, item.get('SubnetId')) === subnet);
  const table = graph.find('AWS::EC2::RouteTable', associations[0]?.get('RouteTableId'));
  const route = graph
    .ofType('AWS::EC2::Route')
    .find(
      (item) =>
        graph.find('AWS::EC2::RouteTable', item.get('RouteTableId')) === table &&
        item.get('DestinationCidrBlock') === ANYONE,
    );
  if (
    !table ||
    !route ||
    associations.length > 1 ||
    graph.find(T.vpc, table.get('VpcId')) !== vpc
  ) {
    return undefined;
  }
  if (route.get('GatewayId') !== undefined) {
    const gateway = graph.find('AWS::EC2::InternetGateway', route.get('GatewayId'));
    const isAttached = graph
      .ofType('AWS::EC2::VPCGatewayAttachment')
      .some(
        (item) =>
          graph.find('AWS::EC2::InternetGateway', item.get('InternetGatewayId')) === gateway &&
          graph.find(T.vpc, item.get('VpcId')) === vpc &&
          graph.dependsOn(route.id, item.id),
      );
    return gateway && isAttached ? 'gateway' : undefined;
  }
  const nat = graph.find('AWS::EC2::NatGateway', route.get('NatGatewayId'));
  const inside = nat && graph.find(T.subnet, nat.get('SubnetId'));
  const isPublic = inside && inside !== subnet && exitOf(inside, graph) === 'gateway';
  return isPublic &&
    nat.text('ConnectivityType', 'public') === 'public' &&
    nat.get('AllocationId') !== undefined
    ? 'nat'
    : undefined;
}

function rulesOf(groups: readonly Part[], direction: 'Ingress' | 'Egress', graph: Graph): Part[] {
  return groups.flatMap((group) => {
    const own = group.parts(`SecurityGroup${direction}`);
    const apart = graph
      .ofType(`AWS::EC2::SecurityGroup${direction}`)
      .filter((item) => graph.find(T.securityGroup, item.get('GroupId')) === group);
    return [...own, ...apart];
  });
}

const PEERS = [
  'CidrIp',
  'SourceSecurityGroupId',
  'DestinationSecurityGroupId',
  'SourcePrefixListId',
];

/** Returns the peers with which one of the groups lets TCP through on a port. */
function peersOf(
  groups: readonly Part[],
  direction: 'Ingress' | 'Egress',
  port: number,
  graph: Graph,
): string[] {
  // EC2 allows all egress unless the group states some
  const allowsAll =
    direction === 'Egress' &&
    groups.some((group) => group.parts('SecurityGroupEgress').length === 0);
  const rules = rulesOf(groups, direction, graph).filter((rule) => {
    const [protocol, from, to] = [
      rule.text('IpProtocol'),
      rule.number('FromPort'),
      rule.number('ToPort'),
    ];
    return (
      protocol === '-1' ||
      (['tcp', '6'].includes(protocol) && from >= 0 && from <= port && to >= port && to <= 65_535)
    );
  });
  return [
    ...(allowsAll ? [ANYONE] : []),
    ...rules
      .flatMap((rule) => PEERS.map((name) => rule.text(name).replace(/\.GroupId$/, '')))
      .filter(Boolean),
  ];
}

/** Whether the groups let TCP through on a port, to or from one of the peers. */
function permits(
  groups: readonly Part[],
  direction: 'Ingress' | 'Egress',
  port: number,
  peers: readonly string[],
  graph: Graph,
): boolean {
  return peersOf(groups, direction, port, graph).some((peer) => peers.includes(peer));
}

/** An address of the internet, a group, or a list of prefixes. */
const PUBLIC_PEER =
  /^(?!(10|127|255|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\.)(\d+(\.\d+){3}\/\d+|pl-\w+)$/;

export const taskGroups = (graph: Graph) =>
  securityGroupsOf(graph, serviceOf(graph), SECURITY_GROUPS);
export const balancerGroups = (graph: Graph) =>
  securityGroupsOf(graph, loadBalancerOf(graph), 'SecurityGroups');
const idsOf = (parts: readonly Part[]) => parts.map(({ id }) => id);

export function vpcOf(graph: Graph): Part | undefined {
  return graph.find(T.vpc, targetGroupOf(graph).get('VpcId'));
}

function vpcBlocks(graph: Graph): string[] {
  return graph.ofType(T.vpc).map((vpc) => vpc.text('CidrBlock'));
}

function isWithin(block: string, outer: string): boolean {
  const [[from, size], [start, bits]] = [block, outer].map((text) => {
    const [address = '', length = '32'] = text.split('/');
    return [address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), Number(length)];
  }) as [[number, number], [number, number]];
  return (
    size >= bits && Math.floor(from / 2 ** (32 - bits)) === Math.floor(start / 2 ** (32 - bits))
  );
}

/** Attributes are known ones; those that are numbers are within limits. */
function attributes(limits: Readonly<Record<string, readonly [number, number]>>): Predicate {
  return (part, property) =>
    part.parts(property).every((item) => {
      const [key, value] = [item.text('Key'), item.text('Value')];
      const [min, max] = limits[key] ?? [];
      if (min !== undefined && max !== undefined) {
        return value !== '' && Number(value) >= min && Number(value) <= max;
      }
      return ATTRIBUTE.test(key) && (!key.endsWith('enabled') || /^(true|false)$/.test(value));
    });
}

const ATTRIBUTE =
  /^(deletion_protection|routing|access_logs|connection_logs|load_balancing|zonal_shift|stickiness|target_group_health|waf|ipv6)\.[a-z0-9_.]+$/;

function attributesOf(part: Part, property: string): Record<string, string> {
  return Object.fromEntries(
    part.parts(property).map((item) => [item.text('Key'), item.text('Value')]),
  );
}

const WORDS: Readonly<Record<string, string>> = {
  'routing.http.desync_mitigation_mode': 'monitor defensive strictest',
  'routing.http.xff_header_processing.mode': 'append preserve remove',
  'load_balancing.algorithm.type': 'round_robin least_outstanding_requests weighted_random',
  'stickiness.type': 'lb_cookie app_cookie',
};

export const bothSubnets = (graph: Graph) => [
  ...new Set([
    ...subnetsOf(graph, serviceOf(graph), SUBNETS),
    ...subnetsOf(graph, loadBalancerOf(graph), 'Subnets'),
  ]),
];

/** Predicates of facts.md. */
export const NETWORK_PREDICATES: Predicates = {
  "be the target group's": (part, property, graph) =>
    vpcOf(graph) !== undefined && graph.find(T.vpc, part.get(property)) === vpcOf(graph),
  'be of the template, each with a default route': (service, property, graph) =>
    service.texts(property).every((id) => {
      const subnet = graph.find(T.subnet, id);
      return subnet && exitOf(subnet, graph);
    }),
  'lead to each block once, and to the internet by the default route': (subnet, _, graph) => {
    const tables = graph
      .ofType('AWS::EC2::SubnetRouteTableAssociation')
      .filter((item) => graph.find(T.subnet, item.get('SubnetId')) === subnet)
      .map((item) => item.get('RouteTableId'));
    const blocks = graph
      .ofType('AWS::EC2::Route')
      .filter((item) => tables.includes(item.get('RouteTableId')))
      .map((item) => item.text('DestinationCidrBlock'))
      .filter(Boolean);
    const astray = blocks.find((block) => block !== ANYONE && PUBLIC_PEER.test(block));
    if (astray !== undefined) {
      throw new NotKnown(`${astray} has a route of its own`);
    }
    return new Set(blocks).size === blocks.length;
  },
  'be ENABLED where the default route is an internet gateway': (service, property, graph) =>
    service.get(property) === 'ENABLED' ||
    subnetsOf(graph, service, SUBNETS).every((subnet) => exitOf(subnet, graph) === 'nat'),
  'allow HTTPS to anywhere': (_, __, graph) =>
    permits(taskGroups(graph), 'Egress', 443, [ANYONE], graph),
  "be within the VPC's, and overlap no other": (subnet, property, graph) => {
    const block = subnet.text(property);
    const others = graph
      .ofType(T.subnet)
      .filter((item) => item !== subnet)
      .map((item) => item.text(property));
    return (
      vpcBlocks(graph).some((outer) => isWithin(block, outer)) &&
      !others.some((other) => isWithin(block, other) || isWithin(other, block))
    );
  },
  'be a block of /16 to /28': (part, property) =>
    within(Number(part.text(property).split('/')[1]), 16, 28),
  'be one of the region': (subnet, property, graph) =>
    subnet.get(property) === undefined ||
    new RegExp(`^${graph.place.region}[a-f]$`).test(subnet.text(property)),
  'allow everything, both ways': (subnet, _, graph) =>
    graph
      .ofType('AWS::EC2::SubnetNetworkAclAssociation')
      .filter((item) => graph.find(T.subnet, item.get('SubnetId')) === subnet)
      .every((item) => {
        const entries = graph
          .ofType('AWS::EC2::NetworkAclEntry')
          .filter((entry) => entry.get('NetworkAclId') === item.get('NetworkAclId'))
          .sort((a, b) => a.number('RuleNumber') - b.number('RuleNumber'));
        return ['true', 'false'].every((egress) => {
          const [first] = entries.filter((entry) => entry.text('Egress', 'false') === egress);
          return (
            first?.text('RuleAction') === 'allow' &&
            first.text('Protocol') === '-1' &&
            first.text('CidrBlock') === ANYONE
          );
        });
      }),
  'be a name that ELB accepts': (part, property) =>
    /^(?!internal-)(?!-)[a-z0-9-]{1,32}(?<!-)$/i.test(part.text(property, 'default')),
  'be internet-facing, or open to private addresses only': (balancer, property, graph) =>
    balancer.get(property) === 'internet-facing' ||
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
  "be ELB's, and keep a connection for 10 s": attributes({
    'idle_timeout.timeout_seconds': [10, 4000],
    'client_keep_alive.seconds': [60, 604_800],
  }),
  'be its own, 1 to 65535': (listener, property, graph) =>
    within(listener.number(property), 1, 65_535) &&
    listenersOf(graph).filter((item) => item.number('Port') === listener.number('Port')).length ===
      1,
  'be the one that clients use by default': (_, property, graph) =>
    listenersOf(graph).some(
      (item) => item.number(property) === { HTTP: 80, HTTPS: 443 }[item.text('Protocol')],
    ),
  'be HTTP, or HTTPS with a certificate': (listener, property) =>
    listener.get(property) === 'HTTP'
      ? listener.parts('Certificates').length === 0
      : listener.get(property) === 'HTTPS' && listener.parts('Certificates').length > 0,
  'forward to it, from a load balancer': (_, __, graph) => loadBalancerOf(graph).id !== '',
  'forward to the target group, or redirect to one that does': (_, __, graph) =>
    listenersOf(graph).every((listener) => {
      const forwarding = forwardingTo(graph, targetGroupOf(graph));
      const isListener = (item: Part) => [item.id, item.get('ListenerArn')].includes(listener.id);
      const [action] = listener.parts('DefaultActions');
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
  'send requests to one target group, and ask nobody to sign in': (listener, property) =>
    listener.parts(property).every((action) => {
      const groups = action.parts('ForwardConfig').flatMap((item) => item.parts('TargetGroups'));
      const used = groups.filter((item) => item.text('Weight') !== '0');
      return !action.text('Type').startsWith('authenticate-') && used.length <= 1;
    }),
  'have a bucket for logs': (balancer, property) => {
    const values = attributesOf(balancer, property);
    return ['access_logs', 'connection_logs'].every(
      (logs) => values[`${logs}.s3.enabled`] !== 'true' || values[`${logs}.s3.bucket`],
    );
  },
  'have words that ELB knows': (part, property) =>
    Object.entries(attributesOf(part, property)).every(
      ([key, value]) => WORDS[key]?.split(' ').includes(value) ?? true,
    ),
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
          throw new NotKnown(`${rule.id} takes some of the requests`);
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
  'be 5 to 300, and longer than the timeout': (group, property) =>
    within(group.number(property, 30), 5, 300) &&
    group.number(property, 30) > group.number('HealthCheckTimeoutSeconds', 5),
  'accept 200': (group, property) =>
    group
      .text(`${property}.HttpCode`, '200')
      .split(',')
      .some((codes) => {
        const [low = '', high = low] = codes.split('-');
        return Number(low) <= 200 && Number(high) >= 200;
      }),
  "be ELB's": attributes({
    'deregistration_delay.timeout_seconds': [0, 3600],
    'slow_start.duration_seconds': [0, 900],
    'stickiness.lb_cookie.duration_seconds': [1, 604_800],
  }),
};

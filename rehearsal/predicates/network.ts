import { type Graph, NotKnown, type Part, type Predicates } from './graph';
import {
  applicationOf,
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
  variablesOf,
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

function attributesOf(part: Part, property: string): Record<string, string> {
  return Object.fromEntries(
    part.parts(property).map((item) => [item.text('Key'), item.text('Value')]),
  );
}

/** The hosts that the task calls by name. */
function hostsOf(graph: Graph): string[] {
  const urls = Object.values(variablesOf(applicationOf(graph))).filter((value) =>
    URL.canParse(value),
  );
  return [
    ...['xray', 'ssm', 'logs'].map((service) => `${service}.${graph.place.region}.amazonaws.com`),
    ...urls.map((url) => new URL(url).hostname),
  ];
}

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
  'leave the hosts of AWS and of the spans alone': (vpc, _, graph) => {
    const zones = graph.ofType('AWS::Route53::HostedZone').filter((zone) => {
      const name = `.${zone.text('Name').replace(/\.$/, '')}`;
      return (
        zone.parts('VPCs').some((item) => graph.find(T.vpc, item.get('VPCId')) === vpc) &&
        hostsOf(graph).some((host) => `.${host}`.endsWith(name))
      );
    });
    if (zones.length > 0 && graph.ofType('AWS::Route53::RecordSet').length > 0) {
      throw new NotKnown(`${String(zones[0]?.id)} may have a record of each host`);
    }
    return zones.length === 0;
  },
  'be one of the region': (subnet, property, { place }) => {
    const zone = subnet.text(property, `${place.region}a`);
    if (zone.startsWith('dummy')) {
      throw new NotKnown('the CDK had no credentials to look up the zones');
    }
    return new RegExp(`^${place.region}[a-f]$`).test(zone);
  },
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
  'keep a connection for 10 s': (balancer, property) =>
    Number(attributesOf(balancer, property)['idle_timeout.timeout_seconds'] ?? 60) >= 10,
  'stick by a cookie of the load balancer or the application, if at all': (group, property) =>
    /^((lb|app)_cookie)?$/.test(attributesOf(group, property)['stickiness.type'] ?? ''),
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
  'be the one that clients use by default': (_, property, graph) =>
    listenersOf(graph).some(
      (item) => item.number(property) === { HTTP: 80, HTTPS: 443 }[item.text('Protocol')],
    ),
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
  'accept 200': (group, property) =>
    group
      .text(`${property}.HttpCode`, '200')
      .split(',')
      .some((codes) => {
        const [low = '', high = low] = codes.split('-');
        return Number(low) <= 200 && Number(high) >= 200;
      }),
};

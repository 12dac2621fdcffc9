import { isIPv4 } from 'node:net';
import { type Graph, NotKnown, type Part, type Predicates } from './graph';
import {
  applicationOf,
  loadBalancerOf,
  SECURITY_GROUPS,
  securityGroupsOf,
  serviceOf,
  SUBNETS,
  subnetsOf,
  T,
  targetGroupOf,
  variablesOf,
} from './parts';

export const ANYONE = '0.0.0.0/0';

/** How packets leave a subnet for the internet. */
export function exitOf(subnet: Part, graph: Graph): 'gateway' | 'nat' | undefined {
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

export function rulesOf(
  groups: readonly Part[],
  direction: 'Ingress' | 'Egress',
  graph: Graph,
): Part[] {
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
export function peersOf(
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
export function permits(
  groups: readonly Part[],
  direction: 'Ingress' | 'Egress',
  port: number,
  peers: readonly string[],
  graph: Graph,
): boolean {
  return peersOf(groups, direction, port, graph).some((peer) => peers.includes(peer));
}

/** An address of the internet, a group, or a list of prefixes. */
export const PUBLIC_PEER =
  /^(?!(10|127|255|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\.)(\d+(\.\d+){3}\/\d+|pl-\w+)$/;

export const taskGroups = (graph: Graph) =>
  securityGroupsOf(graph, serviceOf(graph), SECURITY_GROUPS);
export const balancerGroups = (graph: Graph) =>
  securityGroupsOf(graph, loadBalancerOf(graph), 'SecurityGroups');
export const idsOf = (parts: readonly Part[]) => parts.map(({ id }) => id);

export function vpcOf(graph: Graph): Part | undefined {
  return graph.find(T.vpc, targetGroupOf(graph).get('VpcId'));
}

export function vpcBlocks(graph: Graph): string[] {
  return graph.ofType(T.vpc).flatMap((vpc) => [vpc.text('CidrBlock'), `${vpc.id}.CidrBlock`]);
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

const bothRulesOf = (group: Part, graph: Graph) => [
  ...rulesOf([group], 'Ingress', graph),
  ...rulesOf([group], 'Egress', graph),
];

/** Whether EC2 knows the text as IPv4 addresses: `10.0.0.0/16`, or those of a VPC of the template. */
function isBlock(text: string): boolean {
  const [, address = '', length] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  return (isIPv4(address) && Number(length) <= 32) || text.endsWith('.CidrBlock');
}

/** Predicates of facts.md. */
export const NETWORK_PREDICATES: Predicates = {
  "be the target group's": (part, property, graph) =>
    vpcOf(graph) !== undefined && graph.find(T.vpc, part.get(property)) === vpcOf(graph),
  'be addresses in CIDR notation': (part, property) =>
    part.get(property) === undefined || isBlock(part.text(property)),
  'be distinct': (group, _, graph) =>
    (['Ingress', 'Egress'] as const).every((direction) => {
      const permissions = rulesOf([group], direction, graph).map((rule) =>
        rule
          .keysOf()
          .filter((key) => !['Description', 'GroupId', 'GroupName'].includes(key))
          .sort()
          .map((key) => `${key}=${rule.text(key)}`)
          .join(' '),
      );
      return new Set(permissions).size === permissions.length;
    }),
  'have a protocol': (group, _, graph) =>
    bothRulesOf(group, graph).every((rule) =>
      /^(tcp|udp|icmp|icmpv6|-1|\d{1,3})$/.test(rule.text('IpProtocol')),
    ),
  'have addresses in CIDR notation': (group, _, graph) =>
    bothRulesOf(group, graph).every((rule) => isBlock(rule.text('CidrIp', ANYONE))),
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
};

import { AspectPriority, Aspects, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

type Ingress = Pick<
  ec2.CfnSecurityGroup.IngressProperty,
  'cidrIp' | 'cidrIpv6' | 'ipProtocol' | 'fromPort' | 'toPort'
>;

/**
 * Acknowledges that anyone with an IPv4 address may reach these TCP ports. cdk-nag still reports a security group that is open
 * to anyone on others.
 */
export function acknowledgeOpenPorts(
  securityGroup: ec2.SecurityGroup,
  ports: readonly number[],
  reason: string,
): void {
  const isOurs = ({ cidrIp, ipProtocol, fromPort, toPort }: Ingress) =>
    cidrIp === '0.0.0.0/0' &&
    ipProtocol === 'tcp' &&
    fromPort === toPort &&
    ports.some((port) => port === fromPort);
  const visit = (node: IConstruct) => {
    const open = ingressOf(node).filter(isOpen);
    if (open.length > 0 && open.every(isOurs)) {
      acknowledge(node, 'AwsSolutions-EC23', reason);
    }
  };
  Aspects.of(securityGroup).add({ visit }, { priority: AspectPriority.READONLY });
}

/** CDK adds rules to the group, or, with `disableInlineRules`, as resources of their own. */
function ingressOf(node: IConstruct): readonly Ingress[] {
  if (node instanceof ec2.CfnSecurityGroup) {
    return (Stack.of(node).resolve(node.securityGroupIngress) ?? []) as readonly Ingress[];
  }
  return node instanceof ec2.CfnSecurityGroupIngress ? [node] : [];
}

function isOpen({ cidrIp, cidrIpv6 }: Ingress): boolean {
  return [cidrIp, cidrIpv6].some((cidr) => cidr?.endsWith('/0'));
}

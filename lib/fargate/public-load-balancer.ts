import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledge } from '../validation/acknowledge';
import { acknowledgeOpenPorts } from '../validation/open-ports';

/**
 * Properties for `PublicLoadBalancer`.
 */
export interface PublicLoadBalancerProps {
  /**
   * Where the load balancer stands; it needs public subnets in two zones.
   */
  readonly vpc: ec2.IVpc;

  /**
   * Where the requests go.
   */
  readonly targetGroup: elbv2.IApplicationTargetGroup;

  /**
   * Certificate for HTTPS. HTTP is then redirected.
   *
   * @default - HTTP only
   */
  readonly certificate?: acm.ICertificate;
}

/** HTTP and HTTPS. */
const PORTS = [80, 443];

/**
 * An application load balancer that anyone can reach.
 *
 * A certificate can be added and taken away while requests arrive: the listener on port 80 and the target group stay.
 */
export class PublicLoadBalancer extends Construct {
  /**
   * The load balancer.
   */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /**
   * Where users reach the load balancer. With a certificate, its domain has to point to this one.
   */
  public readonly url: string;

  constructor(scope: Construct, id: string, props: PublicLoadBalancerProps) {
    super(scope, id);

    const { vpc, targetGroup, certificate } = props;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Anyone to the load balancer',
      // a load balancer connects to its targets only, whose own group admits no one else
      allowAllOutbound: true,
    });
    // both, always: CloudFormation would close 443 while HTTP is still redirected to it
    for (const port of PORTS) {
      securityGroup.addIngressRule(
        ec2.Peer.anyIpv4(),
        ec2.Port.tcp(port),
        `Allow from anyone on port ${port}`,
      );
    }
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc,
      securityGroup,
      internetFacing: true,
      dropInvalidHeaderFields: true,
    });
    const forward = elbv2.ListenerAction.forward([targetGroup]);
    // for now: browsers would keep a permanent redirect when the certificate is taken away
    const redirect = elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443' });
    const http = loadBalancer.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: certificate ? redirect : forward,
    });
    if (certificate) {
      const https = loadBalancer.addListener('Https', {
        port: 443,
        open: false,
        certificates: [certificate],
        defaultAction: forward,
      });
      // no one is redirected to a port that does not listen yet
      http.node.addDependency(https);
    }
    this.loadBalancer = loadBalancer;
    this.url = `${certificate ? 'https' : 'http'}://${loadBalancer.loadBalancerDnsName}`;

    acknowledgeOpenPorts(
      securityGroup,
      PORTS,
      "The service is public: anyone may reach ports 80 and 443, where only the load balancer's listeners answer.",
    );
    acknowledge(
      loadBalancer,
      'AwsSolutions-ELB2',
      'Each request is a trace in Honeycomb; access logs would be a second record, in a bucket that is billed.',
    );
  }
}

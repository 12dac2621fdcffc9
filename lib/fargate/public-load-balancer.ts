import { Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

/**
 * Properties for `PublicLoadBalancer`.
 */
export interface PublicLoadBalancerProps {
  /**
   * Where the load balancer stands; it needs public subnets in two zones.
   */
  readonly vpc: ec2.IVpc;

  /**
   * Certificate for HTTPS. HTTP is then redirected.
   *
   * @default - HTTP only
   */
  readonly certificate?: acm.ICertificate;
}

/**
 * An application load balancer that anyone can reach, with one listener.
 */
export class PublicLoadBalancer extends Construct {
  /**
   * The listener that takes targets.
   */
  public readonly listener: elbv2.ApplicationListener;

  /**
   * Where users reach the load balancer. With a certificate, its domain has to point to this one.
   */
  public readonly url: string;

  constructor(scope: Construct, id: string, props: PublicLoadBalancerProps) {
    super(scope, id);

    const { vpc, certificate } = props;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Anyone to the load balancer',
      // a load balancer connects to its targets only, whose own group lets nobody else in
      allowAllOutbound: true,
    });
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc,
      securityGroup,
      internetFacing: true,
      dropInvalidHeaderFields: true,
    });
    this.listener = certificate
      ? loadBalancer.addListener('Https', { port: 443, certificates: [certificate] })
      : loadBalancer.addListener('Http', { port: 80 });
    if (certificate) {
      loadBalancer.addRedirect();
    }
    this.url = `${certificate ? 'https' : 'http'}://${loadBalancer.loadBalancerDnsName}`;

    Validations.of(securityGroup).acknowledge({
      id: 'AwsSolutions-EC23',
      reason:
        'The service is public: anyone may reach the listener, and only the listener is open.',
    });
    Validations.of(loadBalancer).acknowledge({
      id: 'AwsSolutions-ELB2',
      reason:
        'Each request is a trace in Honeycomb; access logs would be a second record, in a bucket that is billed.',
    });
  }
}

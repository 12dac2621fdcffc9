import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PublicLoadBalancer } from '../../lib/fargate/public-load-balancer';
import { testStack } from '../app';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';

let stack: Stack;
let vpc: ec2.IVpc;

beforeEach(() => {
  stack = testStack();
  vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
});

function answer(loadBalancer: PublicLoadBalancer): void {
  loadBalancer.listener.addAction('Answer', { action: elbv2.ListenerAction.fixedResponse(200) });
}

test('is public, over HTTP, and drops headers that are not valid', () => {
  const loadBalancer = new PublicLoadBalancer(stack, 'LoadBalancer', { vpc });
  answer(loadBalancer);

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internet-facing',
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
    ]),
  });
  template.resourceCountIs(LISTENER, 1);
  template.hasResourceProperties(LISTENER, { Port: 80, Protocol: 'HTTP' });
  expect(stack.resolve(loadBalancer.url)).toEqual({
    'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.anything(), 'DNSName'] }]],
  });
});

test('with a certificate is public over HTTPS, and redirects HTTP', () => {
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);

  const loadBalancer = new PublicLoadBalancer(stack, 'LoadBalancer', { vpc, certificate });
  answer(loadBalancer);

  const template = Template.fromStack(stack);
  template.hasResourceProperties(LISTENER, {
    Port: 443,
    Protocol: 'HTTPS',
    Certificates: [{ CertificateArn: arn }],
  });
  template.hasResourceProperties(LISTENER, {
    Port: 80,
    DefaultActions: [
      { Type: 'redirect', RedirectConfig: Match.objectLike({ Port: '443', Protocol: 'HTTPS' }) },
    ],
  });
  expect(JSON.stringify(stack.resolve(loadBalancer.url))).toContain('https://');
});

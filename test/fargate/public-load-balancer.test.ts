import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PublicLoadBalancer } from '../../lib/fargate/public-load-balancer';
import { testApp, testStack } from '../app';
import { findingsOf } from '../nag';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';

let stack: Stack;
let vpc: ec2.IVpc;
let targetGroup: elbv2.ApplicationTargetGroup;

beforeEach(() => {
  stack = testStack();
  vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
  targetGroup = new elbv2.ApplicationTargetGroup(stack, 'Targets', {
    vpc,
    port: 80,
    targetType: elbv2.TargetType.IP,
  });
});

test('is public, over HTTP, and drops headers that are not valid', () => {
  const loadBalancer = new PublicLoadBalancer(stack, 'LoadBalancer', { vpc, targetGroup });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internet-facing',
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
    ]),
  });
  template.resourceCountIs(LISTENER, 1);
  template.hasResourceProperties(LISTENER, {
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [
      { Type: 'forward', TargetGroupArn: stack.resolve(targetGroup.targetGroupArn) as unknown },
    ],
  });
  expect(stack.resolve(loadBalancer.url)).toEqual({
    'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.anything(), 'DNSName'] }]],
  });
});

describe('with a certificate', () => {
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
  let loadBalancer: PublicLoadBalancer;

  beforeEach(() => {
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);
    loadBalancer = new PublicLoadBalancer(stack, 'LoadBalancer', { vpc, targetGroup, certificate });
  });

  test('is public over HTTPS', () => {
    Template.fromStack(stack).hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: arn }],
      DefaultActions: [
        { Type: 'forward', TargetGroupArn: stack.resolve(targetGroup.targetGroupArn) as unknown },
      ],
    });
    expect(JSON.stringify(stack.resolve(loadBalancer.url))).toContain('https://');
  });

  test('redirects HTTP, once HTTPS listens', () => {
    const template = Template.fromStack(stack);
    const [https] = Object.keys(template.findResources(LISTENER, { Properties: { Port: 443 } }));

    template.resourceCountIs(LISTENER, 2);
    template.hasResource(LISTENER, {
      Properties: {
        Port: 80,
        DefaultActions: [
          {
            Type: 'redirect',
            RedirectConfig: Match.objectLike({ Port: '443', Protocol: 'HTTPS' }),
          },
        ],
      },
      DependsOn: [https],
    });
  });
});

test.each([false, true])(
  'lets anyone in on ports 80 and 443, certificate or not: %p',
  (isGiven) => {
    const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
    const certificate = isGiven
      ? acm.Certificate.fromCertificateArn(stack, 'Certificate', arn)
      : undefined;
    new PublicLoadBalancer(stack, 'LoadBalancer', { vpc, targetGroup, certificate });

    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [80, 443].map((port) =>
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: port, ToPort: port }),
      ),
    });
  },
);

describe('cdk-nag', () => {
  function publicLoadBalancer(context: Record<string, unknown> = {}) {
    const app = testApp(context);
    const scope = new Stack(app, 'Test');
    const own = new ec2.Vpc(scope, 'Vpc', { natGateways: 0 });
    const targets = new elbv2.ApplicationTargetGroup(scope, 'Targets', {
      ...{ vpc: own, port: 80, targetType: elbv2.TargetType.IP },
    });
    const { loadBalancer } = new PublicLoadBalancer(scope, 'LoadBalancer', {
      ...{ vpc: own, targetGroup: targets },
    });
    const findings = () => findingsOf(app).filter((finding) => finding.includes('-EC23 '));
    return { loadBalancer, findings };
  }

  test.each([false, true])('reports no port of ours, with disableInlineRules: %s', (disabled) => {
    const { findings } = publicLoadBalancer({
      '@aws-cdk/aws-ec2.securityGroupDisableInlineRules': disabled,
    });

    expect(findings()).toEqual([]);
  });

  test('reports a port that others open to anyone', () => {
    const { loadBalancer, findings } = publicLoadBalancer();
    loadBalancer.connections.allowFromAnyIpv4(ec2.Port.tcp(22));

    expect(findings()).toEqual(['AwsSolutions-EC23 Test/LoadBalancer/SecurityGroup/Resource']);
  });

  test('reports nothing of a port that others open to some', () => {
    const { loadBalancer, findings } = publicLoadBalancer();
    loadBalancer.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(22));

    expect(findings()).toEqual([]);
  });
});

import { CfnParameter, CfnResource, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HoneycombApiKey } from '../../lib/honeycomb/honeycomb-api-key';
import { PublicCluster } from '../../lib/fargate/public-cluster';
import { TracedFargateService } from '../../lib/fargate/traced-fargate-service';
import type { TracedFargateServiceProps } from '../../lib/fargate/traced-fargate-service-props';
import { testStack } from '../app';

let stack: Stack;
let props: TracedFargateServiceProps;

beforeEach(() => {
  stack = testStack();
  props = {
    cluster: new PublicCluster(stack, 'Cluster').cluster,
    serviceName: 'backend-flask',
    image: { containerImage: ecs.ContainerImage.fromRegistry('example:1') },
    honeycombApiKey: new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: '/a/key' }),
    containerPort: 4567,
    healthCheckPath: '/up',
  };
});

test('a deployment never leaves fewer healthy tasks, and is rolled back if it fails', () => {
  new TracedFargateService(stack, 'Backend', props);

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    LaunchType: 'FARGATE',
    DeploymentConfiguration: {
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    },
    NetworkConfiguration: {
      AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'ENABLED' }),
    },
  });
});

test('tasks are checked, and drained before they are stopped', () => {
  new TracedFargateService(stack, 'Backend', {
    ...props,
    healthCheckPath: '/up',
    containerPort: 8080,
  });

  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Port: 80,
    Protocol: 'HTTP',
    TargetType: 'ip',
    HealthCheckPath: '/up',
    Matcher: { HttpCode: '200' },
    HealthCheckIntervalSeconds: 30,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    TargetGroupAttributes: Match.arrayWith([
      { Key: 'deregistration_delay.timeout_seconds', Value: '30' },
    ]),
  });
});

test('a path that the old tasks do not serve is healthy, if the container checks itself', () => {
  const healthCheckCommand = ['CMD', 'python', 'healthcheck.py'];
  new TracedFargateService(stack, 'Backend', {
    ...props,
    image: { ...props.image, healthCheckCommand },
  });

  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Matcher: { HttpCode: '200,404' },
  });
});

describe('without the public load balancer', () => {
  let backend: TracedFargateService;

  beforeEach(() => {
    backend = new TracedFargateService(stack, 'Backend', { ...props, publicLoadBalancer: false });
  });

  test('there is none', () => {
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 0);
    template.hasResourceProperties('AWS::ECS::Service', { LoadBalancers: [] });
  });

  test('there is one of your own', () => {
    const { vpc } = props.cluster;
    const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Own', { vpc });
    const http = loadBalancer.addListener('Http', {
      port: 80,
      defaultAction: elbv2.ListenerAction.fixedResponse(404),
    });

    backend.addToListener(http, {
      priority: 1,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/api/*'])],
    });
    backend.addToListener(loadBalancer.addListener('Other', { port: 8080, open: false }));

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 1);
    const targetGroup: unknown = stack.resolve(backend.targetGroup.targetGroupArn);
    const actions = [Match.objectLike({ Type: 'forward', TargetGroupArn: targetGroup })];
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 1,
      Actions: actions,
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 8080,
      DefaultActions: actions,
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 4567 });
    template.hasResource('AWS::ECS::Service', {
      Properties: { LoadBalancers: [Match.objectLike({ TargetGroupArn: targetGroup })] },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^OwnHttp.*Rule')]),
    });
  });

  test('one listener forwards by several rules', () => {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Own', props.cluster);
    const defaultAction = elbv2.ListenerAction.fixedResponse(404);
    const listener = loadBalancer.addListener('Http', { port: 80, defaultAction });

    for (const [i, path] of ['/api/*', '/admin/*'].entries()) {
      const conditions = [elbv2.ListenerCondition.pathPatterns([path])];
      backend.addToListener(listener, { priority: i + 1, conditions });
    }

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 1);
  });

  test.each<[string, (service: TracedFargateService) => unknown]>([
    ['be true for `url`', ({ url }) => url],
    ['be true for `loadBalancer`', ({ loadBalancer }) => loadBalancer],
    ['be true, or addToListener() called', ({ targetGroup }) => targetGroup],
  ])('fails: must %s', (rule, read) => {
    expect(() => read(backend)).toThrow(`\`publicLoadBalancer\` must ${rule}, got: false`);
  });
});

test('fails with a load balancer of your own and the public one', () => {
  const backend = new TracedFargateService(stack, 'Backend', props);
  const listener = backend.loadBalancer.addListener('Other', {
    port: 8080,
    open: false,
    defaultAction: elbv2.ListenerAction.fixedResponse(404),
  });

  expect(() => {
    backend.addToListener(listener);
  }).toThrow('`publicLoadBalancer` must be false for a load balancer of your own, got: true');
});

test('fails with a certificate and no load balancer for it', () => {
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);
  const wrong = { ...props, certificate, publicLoadBalancer: false };

  expect(() => new TracedFargateService(stack, 'Backend', wrong)).toThrow(
    '`publicLoadBalancer` must be true for `certificate`, got: false',
  );
});

test('fails at synth with a capacity provider that its cluster does not have', () => {
  const capacityProviderStrategies = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];

  new TracedFargateService(stack, 'Backend', { ...props, capacityProviderStrategies });

  expect(() => Template.fromStack(stack)).toThrow(
    '`capacityProviderStrategies` must name capacity providers of Test/Cluster/Resource; those of Fargate need an ecs.Cluster with enableFargateCapacityProviders, got: FARGATE_SPOT',
  );
});

test('believes that a cluster of another app has the capacity providers', () => {
  const { vpc } = props.cluster;
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Theirs', {
    clusterName: 'theirs',
    vpc,
  });
  const capacityProviderStrategies = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];

  new TracedFargateService(stack, 'Backend', { ...props, cluster, capacityProviderStrategies });

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
  });
});

test('runs on Spot, after the cluster has its capacity', () => {
  const cluster = new ecs.Cluster(stack, 'WithSpot', {
    vpc: props.cluster.vpc,
    enableFargateCapacityProviders: true,
  });
  new TracedFargateService(stack, 'Backend', {
    ...props,
    cluster,
    capacityProviderStrategies: [
      { capacityProvider: 'FARGATE', base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
  });

  const template = Template.fromStack(stack);
  const [associations] = Object.keys(
    template.findResources('AWS::ECS::ClusterCapacityProviderAssociations', {
      Properties: { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
    }),
  );
  template.hasResource('AWS::ECS::Service', {
    DependsOn: Match.arrayWith([associations]),
    Properties: {
      LaunchType: Match.absent(),
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: 1 },
        { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
      ],
    },
  });
});

test('operators may open a shell, for which the file system is writable', () => {
  new TracedFargateService(stack, 'Backend', {
    ...props,
    image: { ...props.image, readonlyRootFilesystem: true },
    enableExecuteCommand: true,
  });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: Match.arrayWith([
      Match.objectLike({ Name: 'backend-flask', ReadonlyRootFilesystem: false }),
    ]),
  });
});

test('the service registers the port of its container', () => {
  new TracedFargateService(stack, 'Backend', { ...props, containerPort: 8080 });

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    LoadBalancers: [Match.objectLike({ ContainerPort: 8080 })],
  });
});

test('scales on CPU, and a deployment does not undo it', () => {
  new TracedFargateService(stack, 'Backend', { ...props, minTasks: 2, maxTasks: 8 });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 2,
    MaxCapacity: 8,
  });
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      TargetValue: 70,
    },
  });
});

test('accepts a certificate', () => {
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);

  const { url } = new TracedFargateService(stack, 'Backend', { ...props, certificate });

  expect(JSON.stringify(stack.resolve(url))).toContain('https://');
});

test('each further service adds 15 resources', () => {
  const resources = (service: TracedFargateService) =>
    service.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).length;

  const services = Array.from({ length: 10 }, (_, i) => {
    const serviceName = `backend-${i}`;
    return new TracedFargateService(stack, `Backend${i}`, { ...props, serviceName });
  });

  Template.fromStack(stack).resourceCountIs('AWS::ECS::Service', 10);
  expect(services.map(resources)).toEqual(services.map(() => 15));
});

test.each([
  [0, 4, '`minTasks` must be a whole number, 1 or more, got: 0'],
  [1.5, 4, '`minTasks` must be a whole number, 1 or more, got: 1.5'],
  [1, 2.5, '`maxTasks` must be a whole number, 1 or more, got: 2.5'],
  [5, 4, '`maxTasks` must be a whole number, 5 or more, got: 4'],
])('fails with %d to %d tasks', (minTasks, maxTasks, message) => {
  expect(
    () => new TracedFargateService(stack, 'Backend', { ...props, minTasks, maxTasks }),
  ).toThrow(message);
});

test('accepts one number for the fewest and the most tasks', () => {
  new TracedFargateService(stack, 'Backend', { ...props, minTasks: 3, maxTasks: 3 });

  Template.fromStack(stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 3,
    MaxCapacity: 3,
  });
});

test('refuses fewer than one task at most, even if the fewest are known only at deployment', () => {
  const minTasks = new CfnParameter(stack, 'Min', { type: 'Number' }).valueAsNumber;

  expect(
    () => new TracedFargateService(stack, 'Backend', { ...props, minTasks, maxTasks: 0 }),
  ).toThrow('`maxTasks` must be a whole number, 1 or more, got: 0');
});

test('accepts numbers of tasks known only at deployment', () => {
  const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;

  const minTasks = number('Min');
  new TracedFargateService(stack, 'Backend', { ...props, minTasks, maxTasks: number('Max') });

  Template.fromStack(stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: { Ref: 'Min' },
    MaxCapacity: { Ref: 'Max' },
  });
});

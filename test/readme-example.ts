import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { FilterExpression, ServiceTraces, TraceGroup, XRayDaemon } from '../lib';

const stack = new Stack(new App(), 'Checkout');

const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('checkout:1.4.2') });
taskDefinition.addExtension(new XRayDaemon());

new ServiceTraces(stack, 'Traces', {
  serviceName: 'checkout',
  groupName: 'checkout',
  ruleName: 'checkout',
  priority: 100,
  fixedRate: 0.1,
  healthCheckPath: '/up',
  paths: { '/pay': { fixedRate: 1 } },
});
const slow = new TraceGroup(stack, 'Slow', {
  groupName: 'checkout-slow',
  filterExpression: FilterExpression.allOf(
    FilterExpression.service('checkout'),
    FilterExpression.anyOf(FilterExpression.responseTime('>', 2), FilterExpression.fault()),
  ),
});
slow.metricTraceCount().createAlarm(stack, 'TooSlow', { threshold: 10, evaluationPeriods: 1 });

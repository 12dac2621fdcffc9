import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { FilterExpression } from '../lib/xray/filter-expression';
import { SamplingRule } from '../lib/xray/sampling-rule';
import { TraceGroup } from '../lib/xray/trace-group';
import { XRayDaemon } from '../lib/xray/xray-daemon';

const stack = new Stack(new App(), 'Checkout');

const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('checkout:1.4.2') });
taskDefinition.addExtension(new XRayDaemon());

new SamplingRule(stack, 'Rule', {
  ruleName: 'checkout',
  priority: 100,
  serviceName: 'checkout',
  fixedRate: 0.5,
});
const slow = new TraceGroup(stack, 'Slow', {
  groupName: 'checkout-slow',
  filterExpression: FilterExpression.service('checkout').and(
    FilterExpression.responseTime('>', 2).or(FilterExpression.fault()),
  ),
});
slow.metricTraceCount().createAlarm(stack, 'TooSlow', { threshold: 10, evaluationPeriods: 1 });

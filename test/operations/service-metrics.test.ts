import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ServiceMetrics } from '../../lib/operations/service-metrics';
import { TraceGroup } from '../../lib/xray/trace-group';
import type { Resource } from './proof';
import { testService } from './service';

const MINUTE = Duration.minutes(1);

test('makes two metrics of the log group, each with a value for matching lines only', () => {
  const { stack, backend } = testService();
  const template = Template.fromStack(stack);
  const filters = Object.values(
    template.findResources('AWS::Logs::MetricFilter'),
  ) as unknown as Resource[];
  const transformations = filters.map(
    ({ Properties }) =>
      (Properties as { MetricTransformations: [{ MetricName: string; DefaultValue?: number }] })
        .MetricTransformations[0],
  );

  expect(new Set(transformations.map(({ MetricName }) => MetricName))).toEqual(
    new Set(['SpansRefused', 'DaemonErrors']),
  );
  // a default value would be billed every hour
  expect(transformations.filter(({ DefaultValue }) => DefaultValue !== undefined)).toEqual([]);
  for (const { Properties } of filters) {
    expect(Properties.LogGroupName).toEqual(stack.resolve(backend.logGroup.logGroupName));
  }
});

test('reads the metrics that it makes', () => {
  const { stack, metrics } = testService();
  const template = Template.fromStack(stack);

  for (const metric of [metrics.spansRefused(MINUTE), metrics.daemonErrors(MINUTE)]) {
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      MetricTransformations: [
        Match.objectLike({ MetricName: metric.metricName, MetricNamespace: metric.namespace }),
      ],
    });
  }
});

test('two services have namespaces of their own, and a namespace can be given', () => {
  const { stack, backend, metrics } = testService();
  const group = new TraceGroup(stack, 'Other', { groupName: 'Other' });
  const props = {
    service: backend.service,
    loadBalancer: backend.loadBalancer,
    targetGroup: backend.targetGroup,
    logGroup: backend.logGroup,
    traceGroup: group,
    faultTraceGroup: group,
  };
  const another = new ServiceMetrics(stack, 'Metrics2', props);
  const named = new ServiceMetrics(stack, 'Metrics3', { ...props, metricNamespace: 'Mine' });

  expect(metrics.spansRefused(MINUTE).namespace).toBe('Test/Metrics');
  expect(another.spansRefused(MINUTE).namespace).toBe('Test/Metrics2');
  expect(named.daemonErrors(MINUTE).namespace).toBe('Mine');
});

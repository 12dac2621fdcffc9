import { App, Stack } from 'aws-cdk-lib';
import { Template as Synthesized } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { bill } from '../../../operate/cost/bill';
import { idleTasks, standing } from '../../../operate/cost/standing';
import { synthesizedTemplate } from '../../../operate/cost/synthesis';
import type { Template } from '../../../operate/cost/template';

function priced(settings: readonly string[] = [], tasks?: number) {
  const template = synthesizedTemplate(settings);
  return standing(template, tasks ?? idleTasks(template));
}

test('the default stack costs at most 42 USD a month idle, 37 after the free units', () => {
  const { list, withFreeUnits } = bill(priced().usages);

  expect(list).toBeLessThanOrEqual(42);
  expect(withFreeUnits).toBeLessThanOrEqual(37);
  expect(withFreeUnits).toBeGreaterThan(36);
});

test('every type of the default stack has a price or is known to be free', () => {
  expect(priced().unpriced).toEqual([]);
});

test('a type without a price is named', () => {
  const stack = new Stack(new App(), 'Test');
  new sqs.Queue(stack, 'Queue');

  const { unpriced, free, usages } = standing(templateOf(stack), 1);

  expect(unpriced).toEqual(['AWS::SQS::Queue']);
  expect([...free, ...usages]).toEqual([]);
});

test('tasks cost by their size, their number and their processor', () => {
  const cost = (settings: string[]) => bill(priced(settings).usages).list;
  const oneTask = 730 * (0.25 * 0.04048 + 0.5 * 0.004445 + 0.005);

  expect(cost(['cruddur:minTasks=3']) - cost([])).toBeCloseTo(2 * oneTask, 6);
  expect(cost(['cruddur:cpu=512', 'cruddur:memoryMiB=1024']) - cost([])).toBeCloseTo(
    730 * (0.25 * 0.04048 + 0.5 * 0.004445),
    6,
  );
  expect(cost([]) - cost(['cruddur:cpuArchitecture=arm64'])).toBeCloseTo(0.2 * 9.01, 1);
});

test('an alarm on an expression costs as many alarms as it has metrics', () => {
  const stack = new Stack(new App(), 'Test');
  const metric = (metricName: string) => new cloudwatch.Metric({ namespace: 'Test', metricName });
  const usingMetrics = { a: metric('A'), b: metric('B') };
  const threshold = { threshold: 1, evaluationPeriods: 1 };
  metric('A').createAlarm(stack, 'One', threshold);
  new cloudwatch.MathExpression({ expression: 'a + b', usingMetrics }).createAlarm(
    stack,
    'Two',
    threshold,
  );

  const { lines, list, withFreeUnits } = bill(standing(templateOf(stack), 1).usages);

  expect(lines).toEqual([expect.objectContaining({ price: 'alarmMetric', units: 3 })]);
  expect([list, withFreeUnits]).toEqual([expect.closeTo(0.3), 0]);
});

test('two filters of a log that count into one metric cost one', () => {
  const stack = new Stack(new App(), 'Test');
  const logGroup = new logs.LogGroup(stack, 'Logs');
  for (const [id, metricName] of Object.entries({ A: 'Errors', B: 'Errors', C: 'Others' })) {
    const filterPattern = logs.FilterPattern.literal(id);
    logGroup.addMetricFilter(id, { filterPattern, metricNamespace: 'Test', metricName });
  }

  const { list, withFreeUnits } = bill(standing(templateOf(stack), 1).usages);

  expect([list, withFreeUnits]).toEqual([expect.closeTo(0.6), 0]);
});

test('fails for a size that only a deployment knows', () => {
  const template = synthesizedTemplate([]);
  const resources = Object.entries(template.Resources).map(([id, resource]) => [
    id,
    resource.Type === 'AWS::ECS::TaskDefinition'
      ? { ...resource, Properties: { ...resource.Properties, Cpu: { Ref: 'Size' } } }
      : resource,
  ]);

  expect(() => standing({ Resources: Object.fromEntries(resources) as never }, 1)).toThrow(
    'AWS::ECS::TaskDefinition `Cpu` must be a number in the template to be priced, got: {"Ref":"Size"}',
  );
});

function templateOf(stack: Stack): Template {
  return Synthesized.fromStack(stack).toJSON() as Template;
}

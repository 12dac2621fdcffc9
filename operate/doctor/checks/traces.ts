import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { GetTraceSummariesCommand } from '@aws-sdk/client-xray';
import { quantity } from '../../../rehearsal/results/prose';
import { type Check, healthy, wrong } from '../check';
import type { Deployment } from '../deployment';
import { linesOf } from './logs';

/** @see https://docs.aws.amazon.com/general/latest/gr/xray.html */
const SEGMENTS_A_SECOND = 2600;

const TRACES: Check = {
  id: 'traces',
  question: 'Does the group have traces of the requests of the last hour?',
  asks: ['cloudwatch:GetMetricData', 'xray:GetTraceSummaries'],
  run: async (deployment) => {
    const { requests, traces } = await lastHour(deployment);
    const counts = `${quantity(sum(requests), 'request')} and ${quantity(sum(traces), 'trace')} in the last hour`;
    if (sum(requests) === 0) {
      return wrong(
        `${counts}: nothing to trace`,
        `curl -si ${deployment.output('ServiceUrl') ?? ''}/api/activities/home | grep -i x-amzn-trace-id`,
      );
    }
    if (sum(traces) > 0) {
      return healthy(counts);
    }
    const service = `service("${await deployment.serviceName()}")`;
    const { TraceSummaries = [] } = await deployment.clients.xray.send(
      new GetTraceSummariesCommand({
        StartTime: deployment.anHourAgo,
        EndTime: deployment.now,
        FilterExpression: service,
      }),
    );
    return TraceSummaries.length > 0
      ? wrong(`${counts}, but X-Ray has traces of ${service} outside the group`, 'npx cdk deploy')
      : wrong(
          `${counts}, and X-Ray has no trace of ${service}: none is sampled, or the daemon does not send them`,
          'see docs/runbook.md#no-traces',
        );
  },
};

const QUOTA: Check = {
  id: 'quota',
  question: "Do the traces stay within X-Ray's quotas?",
  asks: ['cloudwatch:GetMetricData', 'logs:FilterLogEvents'],
  run: async (deployment) => {
    const { traces } = await lastHour(deployment);
    const { containerDefinitions = [] } = await deployment.taskDefinition();
    const daemon = containerDefinitions.find(({ name }) => name === 'xray-daemon');
    const throttled = daemon
      ? await linesOf(deployment, daemon, '?Throttl ?"status code: 429"')
      : [];
    const peak = Math.max(0, ...traces) / 60;
    const seen = `at most ${peak.toFixed(1)} traces a second in the last hour; X-Ray accepts ${SEGMENTS_A_SECOND.toLocaleString('en-US')} segments a second`;
    return peak < SEGMENTS_A_SECOND && !throttled.some((line) => /Throttl|429/.test(line))
      ? healthy(seen)
      : wrong(
          `${seen}; X-Ray throttled ${quantity(throttled.length, 'call')}`,
          'npm run cost -- --requests-per-second N --tasks N',
        );
  },
};

export const TRACE_CHECKS: readonly Check[] = [TRACES, QUOTA];

/** Returns the requests and traces in each minute of the last hour. */
async function lastHour(deployment: Deployment) {
  const loadBalancer = deployment.idOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const groups = deployment.idsOf('AWS::XRay::Group');
  const { MetricDataResults = [] } = await deployment.clients.cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: deployment.anHourAgo,
      EndTime: deployment.now,
      MetricDataQueries: [
        perMinute('requests', 'AWS/ApplicationELB', 'RequestCount', {
          // arn:...:loadbalancer/app/<name>/<id>
          LoadBalancer: loadBalancer.split(':loadbalancer/')[1] ?? loadBalancer,
        }),
        ...groups.map((arn, index) =>
          perMinute(`traces${index}`, 'AWS/X-Ray', 'ApproximateTraceCount', {
            GroupName: arn.split('/')[1] ?? arn,
          }),
        ),
      ],
    }),
  );
  const valuesOf = (id: string) => MetricDataResults.find(({ Id }) => Id === id)?.Values ?? [];
  // the group for faults has some of the same traces
  const [traces = []] = groups
    .map((_, index) => valuesOf(`traces${index}`))
    .sort((a, b) => sum(b) - sum(a));
  return { requests: valuesOf('requests'), traces };
}

function perMinute(
  Id: string,
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

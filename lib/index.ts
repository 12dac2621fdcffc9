// What other stacks import, in every language of jsii: classes, enums and interfaces. The configuration, the validation and
// the stack belong to this app alone.
export * from './fargate/task/container-image';
export * from './fargate/public-cluster';
export * from './fargate/public-load-balancer';
export type { TaskPlacement } from './fargate/task-placement';
export * from './fargate/traced-fargate-service';
export type { TracedFargateServiceProps } from './fargate/traced-fargate-service-props';
export * from './fargate/task/traced-fargate-task';
export type { TracedFargateTaskProps } from './fargate/task/traced-fargate-task-props';
export {
  HoneycombApiKey,
  type HoneycombApiKeyProps,
  HoneycombApiKeySource,
} from './honeycomb/honeycomb-api-key';
export {
  HoneycombExporter,
  type HoneycombExporterProps,
  HoneycombRegion,
} from './honeycomb/honeycomb-exporter';
export * from './opentelemetry/otlp-exporter';
export * from './operations/alarms/alarm-topic';
export * from './operations/insight-notifications';
export * from './operations/restart-on-parameter-change';
export type { AlarmNotificationProps } from './operations/alarms/runbook-alarm';
export * from './operations/alarms/service-alarms';
export * from './operations/service-dashboard';
export * from './operations/alarms/trace-alarms';
export { ServiceMetrics, type ServiceMetricsProps } from './operations/service-metrics';
export * from './xray/filter/filter-expression';
export * from './xray/path-sampling-rules';
export { SamplingRule } from './xray/sampling-rule';
export type { Sampling, SamplingRuleProps } from './xray/sampling-rule-props';
export * from './xray/service-traces';
export * from './xray/trace-group';
export { type ITraceGroup, TraceGroupBase } from './xray/trace-group-base';
export * from './xray/daemon/xray-daemon';

import { join } from 'node:path';
import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type ServiceImage, ServiceImages } from './fargate/task/container-image';
import type { Config } from './config/config';
import { PREFIX } from './config/config-error';
import type { ConfigKey } from './config/config-schema';
import { HoneycombApiKey } from './honeycomb/honeycomb-api-key';
import { PublicCluster } from './fargate/public-cluster';
import { HoneycombExporter } from './honeycomb/honeycomb-exporter';
import { AlarmTopic } from './operations/alarms/alarm-topic';
import { InsightNotifications } from './operations/insight-notifications';
import { RestartOnParameterChange } from './operations/restart-on-parameter-change';
import { ServiceAlarms } from './operations/alarms/service-alarms';
import { ServiceDashboard } from './operations/service-dashboard';
import { ServiceMetrics } from './operations/service-metrics';
import { TraceAlarms } from './operations/alarms/trace-alarms';
import {
  USD_PER_MILLION_TRACES,
  USD_PER_MILLION_TRACES_WITH_INSIGHTS,
} from './operations/trace-price';
import { FilterExpression } from './xray/filter/filter-expression';
import { renamingProps } from './validation/prop-error';
import { ServiceTraces } from './xray/service-traces';
import { TraceGroup } from './xray/trace-group';
import { TracedFargateService } from './fargate/traced-fargate-service';

/**
 * Properties for `CruddurTracingStack`.
 */
export interface CruddurTracingStackProps extends StackProps {
  /**
   * What to deploy.
   */
  readonly config: Config;
}

const SAMPLING_KEYS: Readonly<Record<string, ConfigKey>> = {
  priority: 'samplingPriority',
  fixedRate: 'samplingFixedRate',
  reservoirSize: 'samplingReservoirSize',
};

/**
 * The service `backend-flask` on Fargate, traced in X-Ray and Honeycomb.
 */
export class CruddurTracingStack extends Stack {
  constructor(scope: Construct, id: string, props: CruddurTracingStackProps) {
    super(scope, id, { description: 'backend-flask, traced in X-Ray and Honeycomb', ...props });

    const { config } = props;
    const { serviceName, healthCheckPath } = config;

    const topic = this.alarmTopic(config);
    const traces = renamingProps(
      (prop) => `${PREFIX}${SAMPLING_KEYS[prop] ?? prop}`,
      () =>
        // CDK leaves the id `Default` out of logical ids
        new ServiceTraces(this, 'Default', {
          serviceName,
          groupName: config.groupName,
          ruleName: config.ruleName,
          priority: config.samplingPriority,
          fixedRate: config.samplingFixedRate,
          reservoirSize: config.samplingReservoirSize,
          healthCheckPath,
          insights: config.insights,
          insightsNotifications: config.insights && topic !== undefined,
        }),
    );
    const faultTraceGroup = new TraceGroup(this, 'FaultTraceGroup', {
      groupName: config.faultGroupName,
      filterExpression: FilterExpression.allOf(
        FilterExpression.service(serviceName),
        FilterExpression.fault(),
      ),
    });

    const honeycombApiKey = new HoneycombApiKey(this, 'HoneycombApiKey', {
      source: config.honeycombApiKeySource,
      parameterName: config.honeycombApiKeyParameterName,
      encryptionKey: this.encryptionKey(config.honeycombApiKeyEncryptionKeyArn),
    });
    const { cluster } = renamingProps(
      (prop) => `${PREFIX}${prop}`,
      () => new PublicCluster(this, 'Cluster', { vpcId: config.vpcId }),
    );
    const cpuArchitecture =
      config.cpuArchitecture === 'arm64' ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64;
    const backend = new TracedFargateService(this, 'Backend', {
      cluster,
      serviceName,
      image: this.backendImage(config.backendImage, cpuArchitecture),
      honeycombApiKey,
      honeycombRegion: config.honeycombRegion,
      containerPort: config.containerPort,
      healthCheckPath,
      environmentName: config.stage ?? 'production',
      cpu: config.cpu,
      memoryMiB: config.memoryMiB,
      cpuArchitecture,
      // longer than gunicorn's 25 s for the requests in flight and 5 s for the last spans
      stopTimeout: Duration.seconds(40),
      streamPrefix: 'backend',
      minTasks: config.minTasks,
      maxTasks: config.maxTasks,
      certificate: this.certificate(config.certificateArn),
    });

    this.addOperations(config, backend, traces.group, faultTraceGroup, topic);
    if (config.restartOnNewKey) {
      new RestartOnParameterChange(this, 'RestartOnNewKey', {
        parameterName: honeycombApiKey.parameterName,
        service: backend.service,
      });
    }

    new CfnOutput(this, 'ServiceUrl', { value: backend.url });
    new CfnOutput(this, 'XRayConsoleUrl', { value: traces.group.consoleUrl });
    new CfnOutput(this, 'HoneycombRegion', { value: config.honeycombRegion });
    new CfnOutput(this, 'HoneycombApiKeyParameterName', { value: honeycombApiKey.parameterName });
    if (honeycombApiKey.state !== undefined) {
      new CfnOutput(this, 'HoneycombApiKeyState', {
        description: 'Whether a key is stored; `npm run key` stores one',
        value: honeycombApiKey.state,
      });
    }
    if (config.honeycombApiKeyEncryptionKeyArn !== undefined) {
      new CfnOutput(this, 'HoneycombApiKeyEncryptionKeyArn', {
        value: config.honeycombApiKeyEncryptionKeyArn,
      });
    }
    new CfnOutput(this, 'StoreHoneycombApiKeyCommand', {
      description: 'Stores the key held by HONEYCOMB_API_KEY where `npm run key` is not at hand',
      value: honeycombApiKey.storeCommand,
    });
    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
    new CfnOutput(this, 'ServiceName', { value: backend.service.serviceName });
    new CfnOutput(this, 'RestartTasksCommand', {
      description: 'Tasks read the key when they start: `npm run key` does this itself',
      value: `aws ecs update-service --force-new-deployment --region ${Aws.REGION} --cluster ${cluster.clusterName} --service ${backend.service.serviceName}`,
    });
  }

  private addOperations(
    config: Config,
    backend: TracedFargateService,
    traceGroup: TraceGroup,
    faultTraceGroup: TraceGroup,
    topic: sns.ITopic | undefined,
  ): void {
    const { service, loadBalancer, targetGroup, logGroup } = backend;
    const usdPerMillionTraces = config.insights
      ? USD_PER_MILLION_TRACES_WITH_INSIGHTS
      : USD_PER_MILLION_TRACES;
    const metrics = new ServiceMetrics(this, 'Metrics', {
      ...{ service, loadBalancer, targetGroup, logGroup, traceGroup, faultTraceGroup },
    });
    const alarms: cloudwatch.IAlarm[] = [];
    if (config.alarms) {
      const traceAlarms = new TraceAlarms(this, 'TraceAlarms', {
        metrics,
        fixedRate: config.samplingFixedRate,
        reservoirSize: config.samplingReservoirSize,
        monthlyTraceBudgetUsd: config.monthlyTraceBudgetUsd,
        usdPerMillionTraces,
        maxFaultTraces: config.alarmFaultTraces,
        topic,
      });
      const serviceAlarms = new ServiceAlarms(this, 'ServiceAlarms', {
        metrics,
        service,
        minTasks: config.minTasks,
        maxErrorPercent: config.alarmErrorPercent,
        maxLatencySeconds: config.alarmLatencySeconds,
        topic,
      });
      alarms.push(...traceAlarms.alarms, ...serviceAlarms.alarms);
    }
    if (config.insights && topic) {
      new InsightNotifications(this, 'InsightNotifications', { traceGroup, topic });
    }
    if (config.dashboard) {
      const { url } = new ServiceDashboard(this, 'Dashboard', {
        metrics,
        dashboardName: this.stackName,
        alarms,
        links: {
          'Traces in X-Ray': traceGroup.consoleUrl,
          'Traces with a fault': faultTraceGroup.consoleUrl,
          'Traces in Honeycomb': HoneycombExporter.uiUrl(config.honeycombRegion),
        },
        usdPerMillionTraces,
      });
      new CfnOutput(this, 'DashboardUrl', { value: url });
    }
  }

  private alarmTopic({ alarmEmail: email, alarmTopicArn }: Config): sns.ITopic | undefined {
    if (alarmTopicArn !== undefined) {
      return sns.Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn);
    }
    return email === undefined ? undefined : new AlarmTopic(this, 'AlarmTopic', { email }).topic;
  }

  private backendImage(
    reference: string | undefined,
    cpuArchitecture: ecs.CpuArchitecture,
  ): ServiceImage {
    if (reference !== undefined) {
      return ServiceImages.fromReference(this, 'BackendRepository', reference);
    }
    return {
      ...ServiceImages.fromDirectory(
        join(__dirname, '..'),
        cpuArchitecture,
        'backend-flask/Dockerfile',
      ),
      healthCheckCommand: ['CMD', 'python', 'healthcheck.py'],
      readonlyRootFilesystem: true,
    };
  }

  private encryptionKey(arn: string | undefined): kms.IKey | undefined {
    return arn === undefined ? undefined : kms.Key.fromKeyArn(this, 'EncryptionKey', arn);
  }

  private certificate(arn: string | undefined): acm.ICertificate | undefined {
    return arn === undefined
      ? undefined
      : acm.Certificate.fromCertificateArn(this, 'Certificate', arn);
  }
}

import { join } from 'node:path';
import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { builtImage, referencedImage } from './fargate/container-image';
import type { Config } from './config/config';
import { FilterExpression } from './xray/filter-expression';
import { HoneycombApiKey } from './honeycomb/honeycomb-api-key';
import { PublicCluster } from './fargate/public-cluster';
import { SamplingRule } from './xray/sampling-rule';
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

/**
 * The service `backend-flask` on Fargate, traced in X-Ray and Honeycomb.
 */
export class CruddurTracingStack extends Stack {
  constructor(scope: Construct, id: string, props: CruddurTracingStackProps) {
    super(scope, id, { description: 'backend-flask, traced in X-Ray and Honeycomb', ...props });

    const { config } = props;
    const { serviceName, healthCheckPath, samplingPriority } = config;

    const group = new TraceGroup(this, 'TraceGroup', {
      groupName: config.groupName,
      filterExpression: FilterExpression.service(serviceName),
      insights: config.insights,
    });
    new SamplingRule(this, 'SamplingRule', {
      ruleName: config.ruleName,
      priority: samplingPriority,
      fixedRate: config.samplingFixedRate,
      reservoirSize: config.samplingReservoirSize,
      serviceName,
    });
    // health checks are not traffic: a reservoir would record each of them
    new SamplingRule(this, 'HealthCheckSamplingRule', {
      ruleName: config.healthCheckRuleName,
      priority: samplingPriority - 1,
      fixedRate: 0,
      reservoirSize: 0,
      serviceName,
      urlPath: healthCheckPath,
    });

    const honeycombApiKey = new HoneycombApiKey(this, 'HoneycombApiKey', {
      source: config.honeycombApiKeySource,
      parameterName: config.honeycombApiKeyParameterName,
      encryptionKey: this.encryptionKey(config.honeycombApiKeyEncryptionKeyArn),
    });
    const { cluster } = new PublicCluster(this, 'Cluster', { vpcId: config.vpcId });
    const cpuArchitecture =
      config.cpuArchitecture === 'arm64' ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64;
    const backend = new TracedFargateService(this, 'Backend', {
      cluster,
      serviceName,
      image:
        config.backendImage === undefined
          ? builtImage(join(__dirname, '..', 'backend-flask'), cpuArchitecture)
          : referencedImage(this, 'BackendRepository', config.backendImage),
      honeycombApiKey,
      honeycombRegion: config.honeycombRegion,
      containerPort: config.containerPort,
      healthCheckPath,
      cpu: config.cpu,
      memoryMiB: config.memoryMiB,
      cpuArchitecture,
      minTasks: config.minTasks,
      maxTasks: config.maxTasks,
      certificate: this.certificate(config.certificateArn),
    });

    new CfnOutput(this, 'ServiceUrl', { value: backend.url });
    new CfnOutput(this, 'XRayConsoleUrl', { value: group.consoleUrl });
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

  private encryptionKey(arn: string | undefined): kms.IKey | undefined {
    return arn === undefined ? undefined : kms.Key.fromKeyArn(this, 'EncryptionKey', arn);
  }

  private certificate(arn: string | undefined): acm.ICertificate | undefined {
    return arn === undefined
      ? undefined
      : acm.Certificate.fromCertificateArn(this, 'Certificate', arn);
  }
}

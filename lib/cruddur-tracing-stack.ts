import { join } from 'node:path';
import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { builtImage, referencedImage, type ServiceImage } from './fargate/container-image';
import type { Config } from './config/config';
import { PREFIX } from './config/config-error';
import type { ConfigKey } from './config/config-schema';
import { HoneycombApiKey } from './honeycomb/honeycomb-api-key';
import { PublicCluster } from './fargate/public-cluster';
import { renamingProps } from './validation/prop-error';
import { ServiceTraces } from './xray/service-traces';
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
        }),
    );

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

  private backendImage(
    reference: string | undefined,
    cpuArchitecture: ecs.CpuArchitecture,
  ): ServiceImage {
    if (reference !== undefined) {
      return referencedImage(this, 'BackendRepository', reference);
    }
    return {
      ...builtImage(join(__dirname, '..', 'backend-flask'), cpuArchitecture),
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

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { XRayClient } from '@aws-sdk/client-xray';
import { type HttpsGet, httpsGet } from '../https-get';

/**
 * A client for each service that the checks ask.
 */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ecs: ECSClient;
  readonly iam: IAMClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
  readonly xray: XRayClient;
  /** For Honeycomb's API. */
  readonly get: HttpsGet;
}

/**
 * The configuration that all clients of the AWS SDK share.
 */
export type ClientConfig = NonNullable<ConstructorParameters<typeof XRayClient>[0]>;

export function awsClients(config: ClientConfig, get: HttpsGet = httpsGet): Clients {
  return {
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    ecs: new ECSClient(config),
    iam: new IAMClient(config),
    logs: new CloudWatchLogsClient(config),
    ssm: new SSMClient(config),
    xray: new XRayClient(config),
    get,
  };
}

import { PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { Config } from '../../lib/config/config';
import { HoneycombApiKeySource } from '../../lib/honeycomb/honeycomb-api-key';
import { HoneycombRegion } from '../../lib/honeycomb/honeycomb-exporter';
import { OperatorError } from '../operator-error';
import type { DeployedStack } from './deployed-stack';

/**
 * Where the key is stored.
 */
export interface Destination {
  /** Name of the SSM parameter that holds the key. */
  readonly parameterName: string;
  readonly region: HoneycombRegion;
  /** Whether the running tasks read this SSM parameter. */
  readonly isInUse: boolean;
  readonly store: (key: string) => Promise<void>;
}

/**
 * Returns where the key of the deployed stack is stored; or, for an existing SSM parameter, where the configuration says.
 *
 * @throws OperatorError if there is no such stack, or if the configured name is that of a parameter that the stack declares
 */
export function destination(
  config: Config,
  stack: DeployedStack | undefined,
  ssm: SSMClient,
): Destination {
  const deployedName = stack?.output('HoneycombApiKeyParameterName');
  if (config.honeycombApiKeySource === HoneycombApiKeySource.EXISTING) {
    const parameterName = config.honeycombApiKeyParameterName;
    if (stack?.declaresKey && parameterName === deployedName) {
      throw new OperatorError(
        `cruddur:honeycombApiKeyParameterName must not be the name of the parameter that ${config.stackName} declares, which the next deployment deletes, got: ${parameterName}`,
      );
    }
    return {
      parameterName,
      region: config.honeycombRegion,
      isInUse: parameterName === deployedName,
      store: putSecureString(ssm, parameterName, config.honeycombApiKeyEncryptionKeyArn),
    };
  }
  if (!stack) {
    throw new OperatorError(
      `there is no stack ${config.stackName} in this account and Region: run npx cdk deploy first, or pass the --stage, --profile, and --region that it was deployed with`,
    );
  }
  const region = z.enum(HoneycombRegion).safeParse(stack.output('HoneycombRegion')).data;
  if (deployedName === undefined || region === undefined) {
    throw new OperatorError(
      `${config.stackName} was deployed by another version of this project: run npx cdk deploy first`,
    );
  }
  return {
    parameterName: deployedName,
    region,
    isInUse: true,
    store: stack.declaresKey
      ? (key) => stack.storeKey(key)
      : putSecureString(ssm, deployedName, stack.output('HoneycombApiKeyEncryptionKeyArn')),
  };
}

function putSecureString(ssm: SSMClient, name: string, keyId: string | undefined) {
  return async (key: string) => {
    await ssm.send(
      new PutParameterCommand({
        Name: name,
        Value: key,
        Type: 'SecureString',
        KeyId: keyId,
        Overwrite: true,
      }),
    );
  };
}

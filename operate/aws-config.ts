import { httpsAgent } from './https-get';

/**
 * Returns what all clients of the AWS SDK have in common. What is not given is read from the environment and the AWS
 * configuration, as the AWS CLI does.
 */
export async function awsConfig({ profile, region }: AwsOptions) {
  // the operator cannot act on the SDK's warning about the Node.js version that its future releases need
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    requestHandler: { httpsAgent: await httpsAgent('https://cloudformation.amazonaws.com') },
  };
}

/** Options that the AWS CLI has too. */
export interface AwsOptions {
  readonly profile: string | undefined;
  readonly region: string | undefined;
}

/** Whether the AWS SDK found no credentials, or no Region. */
export function isUnconfigured(error: unknown): boolean {
  const { name, message } = error as Error;
  return (
    /CredentialsProviderError|TokenProviderError/.test(name) || message === 'Region is missing'
  );
}

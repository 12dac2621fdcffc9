import { httpsAgent } from './https-get';
import type { Options } from './options';

/**
 * What the clients of the AWS SDK have in common. What is not given they read from the environment and the AWS
 * configuration, as the AWS CLI does.
 */
export async function clientConfig({ profile, region }: Pick<Options, 'profile' | 'region'>) {
  // which Node.js the next year's SDK needs is no matter of the person who runs a command
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    requestHandler: { httpsAgent: await httpsAgent('https://cloudformation.amazonaws.com') },
  };
}

/** Whether the AWS SDK found no credentials, or no Region. */
export function isUnconfigured(error: unknown): boolean {
  const { name, message } = error as Error;
  return (
    /CredentialsProviderError|TokenProviderError/.test(name) || message === 'Region is missing'
  );
}

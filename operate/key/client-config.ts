import { httpsAgent } from './https-get';
import type { Options } from './options';

/**
 * What the clients of the AWS SDK have in common. What is not given they read from the environment and the AWS
 * configuration, as the AWS CLI does.
 */
export async function clientConfig({ profile, region }: Pick<Options, 'profile' | 'region'>) {
  return {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    requestHandler: { httpsAgent: await httpsAgent('https://cloudformation.amazonaws.com') },
  };
}

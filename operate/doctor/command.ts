/**
 * npm run doctor: why do I see no traces? Asks the deployed stack, and changes nothing.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '../../lib/config/config';
import { ConfigError } from '../../lib/config/config-error';
import { clientConfig, isUnconfigured } from '../key/client-config';
import { CHECKS, diagnose } from './diagnosis';
import { awsClients } from './clients';
import { diagnosisText, plannedText } from './print';

main().catch((error: unknown) => {
  const { code = '', message, $metadata } = error as NodeJS.ErrnoException & { $metadata?: object };
  // our own, those of the options, and those of AWS, such as an expired token
  const isForPeople =
    error instanceof ConfigError || code.startsWith('ERR_PARSE_ARGS') || $metadata !== undefined;
  console.error(isForPeople ? message : error);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      context: { type: 'string', short: 'c', multiple: true, default: [] },
      profile: { type: 'string' },
      region: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { profile, region } = options;
  const stackName = stackNameOf(options.context);
  const show = (value: unknown, text: string) => {
    console.log(options.json ? JSON.stringify(value, undefined, 2) : text);
  };
  try {
    const clients = awsClients(await clientConfig({ profile, region }));
    const checks = await diagnose(clients, stackName);
    show({ stackName, checks }, diagnosisText(checks));
    process.exitCode = checks.every(({ finding }) => finding?.ok) ? 0 : 1;
  } catch (error) {
    if (!isUnconfigured(error)) {
      throw error;
    }
    const planned = CHECKS.map(({ id, question, asks }) => ({ id, question, asks }));
    show({ stackName, planned }, plannedText(stackName));
    process.exitCode = 2;
  }
}

/** The stack that these settings deploy. */
function stackNameOf(settings: readonly string[]): string {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: object };
  const given = Object.fromEntries(
    settings.map((setting) => {
      const [key = '', ...value] = setting.split('=');
      return [key, value.join('=')];
    }),
  );
  // a VPC takes credentials to look up, and has no part in the name
  return readConfig({ ...context, ...given, 'cruddur:vpcId': undefined }).stackName;
}

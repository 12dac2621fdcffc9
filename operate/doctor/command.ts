/**
 * npm run doctor: why do I see no traces? Reads the deployed stack, and changes nothing.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../../lib/config/config';
import { awsConfig, isUnconfigured } from '../aws-config';
import { contextWith } from '../context';
import { textOf } from '../operator-error';
import { awsClients } from './clients';
import { CHECKS, diagnose } from './diagnosis';
import { diagnosisText, plannedText } from './print';

main().catch((error: unknown) => {
  console.error(textOf(error));
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
  // looking up a VPC needs credentials, and the stack's name does not depend on it
  const context = { ...contextWith(options.context), 'cruddur:vpcId': undefined };
  const { stackName } = readConfig(context);
  const show = (value: unknown, text: string) => {
    console.log(options.json ? JSON.stringify(value, undefined, 2) : text);
  };
  try {
    const clients = awsClients(await awsConfig({ profile, region }));
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

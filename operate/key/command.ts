/**
 * npm run key: stores the Honeycomb API key for the deployed stack, and replaces the tasks so that they read it. The key
 * appears on no command line, in no file, and in no output.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readConfig } from '../../lib/config/config';
import { awsConfig } from '../aws-config';
import { textOf } from '../operator-error';
import { DeployedStack } from './deployed-stack';
import { destination } from './destination';
import { KeyedService } from './keyed-service';
import { verifyKey } from './honeycomb';
import { requireKeyForm } from './key-form';
import { readOptions, USAGE } from './options';
import { readKey } from './read-key';

/** Set as soon as it is read, so that no error shows it. */
let key = '';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), 'cdk.json');
  if (options.help) {
    console.log(USAGE);
    return;
  }
  // looking up a VPC needs credentials, and the key does not depend on it
  const config = readConfig({ ...options.context, 'cruddur:vpcId': undefined });
  const aws = await awsConfig(options);
  const stack = await DeployedStack.find(new CloudFormationClient(aws), config.stackName);
  const { parameterName, region, isInUse, store } = destination(config, stack, new SSMClient(aws));
  const state = stack?.output('HoneycombApiKeyState');
  console.log(`${config.stackName}: ${stack ? (state ?? 'deployed') : 'not deployed yet'}`);

  key = await readKey(process.stdin, process.stderr);
  requireKeyForm(key);
  if (options.verify) {
    console.log(await verifyKey(key, region));
  }
  const service =
    stack && isInUse && options.restart ? keyedService(stack, new ECSClient(aws)) : undefined;
  const before = await service?.currentDeployment();
  await store(key);
  console.log(`${parameterName} holds the key`);
  if (service) {
    await replaceTasks(
      service,
      config.restartOnNewKey ? await service.ownDeployment(before) : undefined,
    );
  } else if (stack && isInUse) {
    console.log(
      'Tasks read the key when they start: those that are running may still have the old one',
    );
  } else {
    console.log('The stack reads it from the next npx cdk deploy with the same options');
  }
}

function keyedService(stack: DeployedStack, client: ECSClient): KeyedService | undefined {
  const cluster = stack.output('ClusterName');
  const service = stack.output('ServiceName');
  return cluster === undefined || service === undefined
    ? undefined
    : new KeyedService(client, cluster, service);
}

/** @param started ID of the deployment that the stack started, if it did */
async function replaceTasks(service: KeyedService, started: string | undefined): Promise<void> {
  const who = started === undefined ? 'replacing them' : 'the stack is replacing them';
  console.log(`Tasks read the key when they start: ${who}, without interruption ...`);
  await service.waitFor(started ?? (await service.startDeployment()));
  console.log('All tasks have the key');
}

main().catch((error: unknown) => {
  const text = `error: ${textOf(error)}`;
  console.error(key === '' ? text : text.replaceAll(key, '<the key>'));
  process.exitCode = 1;
});

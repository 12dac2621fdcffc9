/**
 * npm run key: stores the Honeycomb API key for the deployed stack, and has the tasks read it. The key is on no command
 * line, in no file and in no output.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readConfig } from '../../lib/config/config';
import { ConfigError } from '../../lib/config/config-error';
import { OperatorError } from '../operator-error';
import { clientConfig, isUnconfigured } from './client-config';
import { DeployedStack } from './deployed-stack';
import { destination } from './destination';
import { KeyedService } from './keyed-service';
import { verifyKey } from './honeycomb';
import { requireKeyForm } from './key-form';
import { readOptions, USAGE } from './options';
import { readKey } from './read-key';

/** Known once it is read, so that no error shows it. */
let key = '';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), 'cdk.json');
  if (options.help) {
    console.log(USAGE);
    return;
  }
  // looking up a VPC needs credentials, and the key does not depend on it
  const config = readConfig({ ...options.context, 'cruddur:vpcId': undefined });
  const aws = await clientConfig(options);
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
      'Tasks read the key when they start: those that run now may still have the old one',
    );
  } else {
    console.log('The stack reads it from the next npx cdk deploy on, with the same options');
  }
}

function keyedService(stack: DeployedStack, client: ECSClient): KeyedService | undefined {
  const cluster = stack.output('ClusterName');
  const service = stack.output('ServiceName');
  return cluster === undefined || service === undefined
    ? undefined
    : new KeyedService(client, cluster, service);
}

/** @param started the deployment that the stack started by itself, if it did */
async function replaceTasks(service: KeyedService, started: string | undefined): Promise<void> {
  const who = started === undefined ? 'replacing them' : 'the stack is replacing them';
  console.log(`Tasks read the key when they start: ${who}, without interruption ...`);
  await service.waitFor(started ?? (await service.startDeployment()));
  console.log('All tasks have the key');
}

main().catch((error: unknown) => {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const what = isUnconfigured(error)
    ? '; sign in with the AWS CLI, or pass --profile and --region'
    : '';
  const shown = isForPeople(error) ? `error: ${message}${what}` : stack;
  console.error(key === '' ? shown : shown.replaceAll(key, '<the key>'));
  process.exitCode = 1;
});

/** Whether the message says all: our own, those of AWS and of its SDK, those of the options. */
function isForPeople(error: unknown): boolean {
  const { code, $metadata } = error as { code?: string; $metadata?: object };
  return (
    error instanceof OperatorError ||
    error instanceof ConfigError ||
    $metadata !== undefined ||
    isUnconfigured(error) ||
    error instanceof AggregateError ||
    /^(E[A-Z]+|ERR_PARSE_ARGS_\w+)$/.test(code ?? '')
  );
}

import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { synthesizedTemplate } from '../../operate/cost/synthesis';
import { awsClients, type Clients } from '../../operate/doctor/clients';
import type { Emulator } from '../../rehearsal/emulator/emulator';

/** Given, the stack builds no image. */
const IMAGE = 'cruddur:backendImage=public.ecr.aws/nginx/nginx:1.29.3';

/**
 * Creates the stack in an emulator of AWS, without an account that is bootstrapped.
 *
 * @returns clients of the emulator
 */
export async function emulatedStack(emulator: Emulator, StackName: string): Promise<Clients> {
  const { Rules, Parameters, ...template } = synthesizedTemplate([IMAGE]) as unknown as Record<
    string,
    Record<string, unknown>
  >;
  const { BootstrapVersion, ...parameters } = Parameters ?? {};
  expect([Rules, BootstrapVersion]).not.toContain(undefined);
  const clients = awsClients({
    endpoint: emulator.variables.AWS_ENDPOINT_URL,
    region: emulator.variables.AWS_REGION,
    credentials: { accessKeyId: 'AKIDEMULATED', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
  await clients.cloudFormation.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({ ...template, Parameters: parameters }),
      Parameters: [{ ParameterKey: 'HoneycombApiKey', ParameterValue: 'emulated' }],
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  return clients;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { OperatorError } from '../operator-error';

const MAX_WAIT_SECONDS = 30 * 60;
const POLL_SECONDS = 5;

/**
 * Replaces the tasks of a service one after the other, as a deployment does, and waits until the last old one is gone.
 *
 * @throws OperatorError if ECS gives the deployment up, or another one takes its place
 */
export async function replaceTasks(
  client: ECSClient,
  cluster: string,
  service: string,
): Promise<void> {
  const { service: updated } = await client.send(
    new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }),
  );
  const id = updated?.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
  const see = `see the events of the service ${service} in the cluster ${cluster}`;
  for (let waited = 0; waited < MAX_WAIT_SECONDS; waited += POLL_SECONDS) {
    const { services } = await client.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    const deployment = services?.[0]?.deployments?.find((candidate) => candidate.id === id);
    if (deployment?.rolloutState === 'COMPLETED') {
      return;
    }
    if (deployment?.rolloutState !== 'IN_PROGRESS') {
      const reason = deployment?.rolloutStateReason ?? 'another deployment took its place';
      throw new OperatorError(
        `the key is stored, but not every task has it: ${reason} Tasks that start from now on read it; ${see}`,
      );
    }
    await sleep(POLL_SECONDS * 1000);
  }
  throw new OperatorError(
    `the key is stored, but after ${MAX_WAIT_SECONDS / 60} minutes not every task has it; ${see}`,
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Deployment,
  DescribeServicesCommand,
  type ECSClient,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { OperatorError } from '../operator-error';

const MAX_WAIT_SECONDS = 30 * 60;
const POLL_SECONDS = 5;
/** EventBridge and Step Functions need a few seconds; SSM delivers its events on a best-effort basis. */
const GRACE_SECONDS = 15;

/**
 * The ECS service whose tasks read the key when they start.
 */
export class KeyedService {
  constructor(
    private readonly client: ECSClient,
    private readonly cluster: string,
    private readonly service: string,
  ) {}

  /** Returns the ID of the current deployment, which may be complete. */
  public async currentDeployment(): Promise<string | undefined> {
    return (await this.deployments()).find(({ status }) => status === 'PRIMARY')?.id;
  }

  /**
   * Returns the ID of the deployment that the stack starts when the parameter changes.
   *
   * @param before ID of the deployment before the change
   * @returns `undefined` if none has started after 15 s
   */
  public async ownDeployment(before: string | undefined): Promise<string | undefined> {
    for (let waited = 0; ; waited += POLL_SECONDS) {
      const current = await this.currentDeployment();
      if (current !== before || waited >= GRACE_SECONDS) {
        return current === before ? undefined : current;
      }
      await sleep(POLL_SECONDS * 1000);
    }
  }

  /**
   * Starts a rolling deployment, which replaces all tasks.
   *
   * @returns the ID of the deployment
   */
  public async startDeployment(): Promise<string | undefined> {
    const { cluster, service } = this;
    const answer = await this.client.send(
      new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }),
    );
    return answer.service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
  }

  /**
   * Waits until a deployment is complete.
   *
   * @throws OperatorError if it fails, is superseded, or lasts longer than 30 minutes
   */
  public async waitFor(id: string | undefined): Promise<void> {
    const see = `see the events of the service ${this.service} in the cluster ${this.cluster}`;
    for (let waited = 0; waited < MAX_WAIT_SECONDS; waited += POLL_SECONDS) {
      const deployment = (await this.deployments()).find((candidate) => candidate.id === id);
      if (deployment?.rolloutState === 'COMPLETED') {
        return;
      }
      if (deployment?.rolloutState !== 'IN_PROGRESS') {
        const reason = deployment?.rolloutStateReason ?? 'another deployment has superseded it.';
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

  private async deployments(): Promise<readonly Deployment[]> {
    const { cluster, service } = this;
    const { services } = await this.client.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    return services?.[0]?.deployments ?? [];
  }
}

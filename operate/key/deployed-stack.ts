import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { OperatorError } from '../operator-error';

/** Name of the CloudFormation parameter that takes a declared key. */
const KEY_PARAMETER = 'HoneycombApiKey';
const MAX_WAIT_SECONDS = 15 * 60;

/**
 * The stack as CloudFormation has it.
 */
export class DeployedStack {
  private constructor(
    private readonly client: CloudFormationClient,
    private readonly stack: Stack,
  ) {}

  /** @returns `undefined` if there is no stack of the name */
  public static async find(
    client: CloudFormationClient,
    name: string,
  ): Promise<DeployedStack | undefined> {
    try {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
      return Stacks[0] && new DeployedStack(client, Stacks[0]);
    } catch (error) {
      if (isValidationError(error, 'does not exist')) {
        return undefined;
      }
      throw error;
    }
  }

  /** Whether the stack itself takes the key, in a parameter. */
  public get declaresKey(): boolean {
    return this.parameters.some(({ ParameterKey }) => ParameterKey === KEY_PARAMETER);
  }

  /** @returns `undefined` if the stack has no such output */
  public output(key: string): string | undefined {
    return this.stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  }

  /**
   * Updates the parameter that takes the key, and nothing else, and waits until CloudFormation is done.
   *
   * @throws OperatorError if CloudFormation rolls the update back
   */
  public async storeKey(key: string): Promise<void> {
    const { StackName, Capabilities } = this.stack;
    try {
      await this.client.send(
        new UpdateStackCommand({
          StackName,
          Capabilities,
          UsePreviousTemplate: true,
          Parameters: this.parameters.map(({ ParameterKey }) =>
            ParameterKey === KEY_PARAMETER
              ? { ParameterKey, ParameterValue: key }
              : { ParameterKey, UsePreviousValue: true },
          ),
        }),
      );
    } catch (error) {
      if (isValidationError(error, 'No updates are to be performed')) {
        return;
      }
      throw error;
    }
    const waiting = {
      client: this.client,
      maxWaitTime: MAX_WAIT_SECONDS,
      minDelay: 2,
      maxDelay: 10,
    };
    await waitUntilStackUpdateComplete(waiting, { StackName }).catch(async () => {
      throw new OperatorError(`the stack was not updated: ${await this.failure()}`);
    });
  }

  private get parameters() {
    return this.stack.Parameters ?? [];
  }

  /** What went wrong first in the last update. */
  private async failure(): Promise<string> {
    const { StackName } = this.stack;
    const { StackEvents = [] } = await this.client.send(
      new DescribeStackEventsCommand({ StackName }),
    );
    const start = StackEvents.findIndex(
      ({ ResourceType, ResourceStatus }) =>
        ResourceType === 'AWS::CloudFormation::Stack' && ResourceStatus === 'UPDATE_IN_PROGRESS',
    );
    const failed = StackEvents.slice(0, start + 1).findLast(({ ResourceStatus }) =>
      ResourceStatus?.endsWith('_FAILED'),
    );
    return failed
      ? `${failed.LogicalResourceId ?? ''}: ${failed.ResourceStatusReason ?? ''}`
      : `it is in the state ${StackEvents[0]?.ResourceStatus ?? 'unknown'}`;
  }
}

function isValidationError(error: unknown, text: string): boolean {
  return error instanceof Error && error.name === 'ValidationError' && error.message.includes(text);
}

import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { OperatorError } from '../operator-error';

/** Name of the CloudFormation parameter for the key. */
const KEY_PARAMETER = 'HoneycombApiKey';
const MAX_WAIT_SECONDS = 15 * 60;

/**
 * The stack that is deployed.
 */
export class DeployedStack {
  private constructor(
    private readonly client: CloudFormationClient,
    private readonly stack: Stack,
  ) {}

  /** Returns the stack of a name, or `undefined` if there is none. */
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

  /** Whether the stack declares the SSM parameter, so that the key is a parameter of the stack. */
  public get declaresKey(): boolean {
    return this.parameters.some(({ ParameterKey }) => ParameterKey === KEY_PARAMETER);
  }

  /** Returns an output of the stack, or `undefined` if it has none of that name. */
  public output(key: string): string | undefined {
    return this.stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  }

  /**
   * Updates the parameter for the key, and nothing else, and waits until the update is complete.
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

  /** Returns the first failure of the last update. */
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

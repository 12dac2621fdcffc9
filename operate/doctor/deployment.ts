import {
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type DesiredStatus,
  ListTasksCommand,
  type Service,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Clients } from './clients';

/** Name of the variable that the application reads the key from. */
const KEY_VARIABLE = 'HONEYCOMB_API_KEY';

/**
 * The deployed stack. What several checks need of it is read once.
 */
export class Deployment {
  /** Returns the stack of a name, or `undefined` if there is none. */
  public static async find(
    clients: Clients,
    stackName: string,
    now: Date = new Date(),
  ): Promise<Deployment | undefined> {
    const { cloudFormation } = clients;
    try {
      const { Stacks = [] } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: stackName }),
      );
      const resources: StackResourceSummary[] = [];
      for await (const page of paginateListStackResources(
        { client: cloudFormation },
        { StackName: stackName },
      )) {
        resources.push(...(page.StackResourceSummaries ?? []));
      }
      return Stacks[0] && new Deployment(clients, Stacks[0], resources, now);
    } catch (error) {
      if (error instanceof Error && error.message.includes('does not exist')) {
        return undefined;
      }
      throw error;
    }
  }

  /** Describes the service. */
  public readonly service = once(() => this.describeService());
  /** Describes the task definition of the service. */
  public readonly taskDefinition = once(() => this.describeTaskDefinition());

  private constructor(
    public readonly clients: Clients,
    public readonly stack: Stack,
    private readonly resources: readonly StackResourceSummary[],
    public readonly now: Date,
  ) {}

  /** An hour before now, the start of what the checks look at. */
  public get anHourAgo(): Date {
    return new Date(this.now.getTime() - 3_600_000);
  }

  /** Returns an output of the stack, or `undefined` if it has none of that name. */
  public output(key: string): string | undefined {
    return this.stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  }

  /** Returns the physical IDs of the stack's resources of a type. */
  public idsOf(type: string): readonly string[] {
    return this.resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === type && PhysicalResourceId ? [PhysicalResourceId] : [],
    );
  }

  /**
   * Returns the physical ID of the stack's only resource of a type.
   *
   * @throws Error if the stack has none
   */
  public idOf(type: string): string {
    const [id] = this.idsOf(type);
    if (id === undefined) {
      throw new Error(`the stack has no ${type}`);
    }
    return id;
  }

  public get cluster(): string {
    return this.idOf('AWS::ECS::Cluster');
  }

  /** Describes the tasks of the service. ECS returns a stopped task for about an hour. */
  public async tasks(desiredStatus: DesiredStatus): Promise<readonly Task[]> {
    const { cluster } = this;
    const { ecs } = this.clients;
    const serviceName = this.idOf('AWS::ECS::Service');
    const { taskArns = [] } = await ecs.send(
      new ListTasksCommand({ cluster, serviceName, desiredStatus, maxResults: 100 }),
    );
    if (taskArns.length === 0) {
      return [];
    }
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    return tasks;
  }

  /** Returns the application's container, which is the one with the key. */
  public async application(): Promise<ContainerDefinition> {
    const { containerDefinitions = [] } = await this.taskDefinition();
    const found = containerDefinitions.find(({ secrets = [] }) =>
      secrets.some(({ name }) => name === KEY_VARIABLE),
    );
    if (!found) {
      throw new Error(`no container of the task definition has the secret ${KEY_VARIABLE}`);
    }
    return found;
  }

  /** Returns the name of the SSM parameter from which the tasks read the key. */
  public async keyParameter(): Promise<string> {
    const { secrets = [] } = await this.application();
    const source = secrets.find(({ name }) => name === KEY_VARIABLE)?.valueFrom ?? '';
    // the name itself, or an ARN that ends in it
    return source.replace(/^arn:.*:parameter\/?(?=\/)/, '').replace(/^arn:.*:parameter/, '');
  }

  /** Returns the name of the service in X-Ray and Honeycomb. */
  public async serviceName(): Promise<string> {
    return variable(await this.application(), 'OTEL_SERVICE_NAME') ?? '';
  }

  private async describeService(): Promise<Service> {
    const service = this.idOf('AWS::ECS::Service');
    const { services = [] } = await this.clients.ecs.send(
      new DescribeServicesCommand({ cluster: this.cluster, services: [service] }),
    );
    if (!services[0]) {
      throw new Error(`ECS does not know the service ${service}`);
    }
    return services[0];
  }

  private async describeTaskDefinition(): Promise<TaskDefinition> {
    const { taskDefinition: arn } = await this.service();
    const { taskDefinition } = await this.clients.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: arn }),
    );
    if (!taskDefinition) {
      throw new Error(`ECS does not know the task definition ${arn ?? ''}`);
    }
    return taskDefinition;
  }
}

/** Returns the value of a container's environment variable, or `undefined` if it is a secret or not set. */
export function variable(container: ContainerDefinition, name: string): string | undefined {
  return container.environment?.find((entry) => entry.name === name)?.value;
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

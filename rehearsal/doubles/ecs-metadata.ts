import type { Answer, Received } from './http-double';
import { HttpDouble } from './http-double';

export interface EcsMetadataProps {
  readonly port: number;
  readonly region: string;
  readonly account: string;
  readonly container: string;
  /** What the container's log driver is told. */
  readonly logOptions: Readonly<Record<string, string>>;
}

/**
 * A test double of the task metadata endpoint, version 4, as one container of a Fargate task sees it.
 */
export class EcsMetadata extends HttpDouble {
  constructor(private readonly props: EcsMetadataProps) {
    super(props.port);
  }

  /** What ECS sets `ECS_CONTAINER_METADATA_URI_V4` to. */
  public get uri(): string {
    return `http://127.0.0.1:${this.port}/v4/${ID}`;
  }

  protected answer({ path }: Received): Answer {
    const { region, account, container, logOptions } = this.props;
    const arn = (rest: string) => `arn:aws:ecs:${region}:${account}:${rest}`;
    const documents: Record<string, unknown> = {
      '': {
        DockerId: ID,
        Name: container,
        ContainerARN: arn(`container/rehearsal/${ID}`),
        LogDriver: 'awslogs',
        LogOptions: { ...logOptions, 'awslogs-stream': `${container}/${ID}` },
      },
      '/task': {
        Cluster: arn('cluster/rehearsal'),
        TaskARN: arn(`task/rehearsal/${ID}`),
        Family: 'rehearsal',
        Revision: '1',
        LaunchType: 'FARGATE',
        AvailabilityZone: `${region}a`,
      },
    };
    const document = documents[path.replace(`/v4/${ID}`, '')];
    return {
      status: document === undefined ? 404 : 200,
      type: 'application/json',
      body: JSON.stringify(document ?? {}),
    };
  }
}

const ID = '0123456789abcdef0123456789abcdef';

import { EcsMetadata } from '../../../rehearsal/doubles/ecs-metadata';
import { freePorts } from '../../../rehearsal/testbed/ports';

let metadata: EcsMetadata;

beforeEach(async () => {
  const [port = 0] = await freePorts(1);
  metadata = new EcsMetadata({
    port,
    region: 'ap-southeast-2',
    account: '111122223333',
    container: 'backend-flask',
    logOptions: { 'awslogs-group': 'Logs', 'awslogs-region': 'ap-southeast-2' },
  });
  await metadata.up();
});

afterEach(() => metadata.down());

async function read(path: string): Promise<unknown> {
  return (await fetch(metadata.uri + path)).json();
}

test('returns the container that asks, and where its logs are', async () => {
  expect(await read('')).toMatchObject({
    Name: 'backend-flask',
    LogDriver: 'awslogs',
    LogOptions: { 'awslogs-group': 'Logs', 'awslogs-region': 'ap-southeast-2' },
  });
});

test('returns its task', async () => {
  expect(await read('/task')).toMatchObject({
    LaunchType: 'FARGATE',
    TaskARN: expect.stringMatching(/^arn:aws:ecs:ap-southeast-2:111122223333:task\//) as unknown,
  });
});

test('knows no other path', async () => {
  expect((await fetch(`${metadata.uri}/tasks`)).status).toBe(404);
});

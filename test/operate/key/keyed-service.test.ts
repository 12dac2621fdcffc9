import { ECSClient } from '@aws-sdk/client-ecs';
import { KeyedService } from '../../../operate/key/keyed-service';
import { AwsServer } from './aws-server';

const primary = (id: string, rest: object = {}) => ({ id, status: 'PRIMARY', ...rest });

async function replaced(deployments: object[]) {
  const server = new AwsServer({
    UpdateService: [
      { service: { deployments: [{ id: 'old', status: 'ACTIVE' }, primary('ecs-svc/2')] } },
    ],
    DescribeServices: [{ services: [{ deployments }] }],
  });
  const client = new ECSClient({ ...(await server.start()), maxAttempts: 1 });
  const service = new KeyedService(client, 'Cluster', 'Service');
  const outcome = await service
    .startDeployment()
    .then((id) => service.waitFor(id))
    .then(
      () => 'replaced',
      (error: unknown) => (error as Error).message,
    );
  server.stop();
  return { outcome, asked: server.asked };
}

test('starts a deployment, and waits for it, not for the one before', async () => {
  const { outcome, asked } = await replaced([
    { id: 'old', status: 'ACTIVE', rolloutState: 'IN_PROGRESS' },
    primary('ecs-svc/2', { rolloutState: 'COMPLETED' }),
  ]);

  expect(outcome).toBe('replaced');
  expect(asked.map(({ action }) => action)).toEqual(['UpdateService', 'DescribeServices']);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    cluster: 'Cluster',
    service: 'Service',
    forceNewDeployment: true,
  });
});

test.each([
  [
    [
      primary('old', { rolloutState: 'COMPLETED' }),
      {
        id: 'ecs-svc/2',
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      },
    ],
    'ECS deployment circuit breaker: tasks failed to start.',
  ],
  [[primary('ecs-svc/3', { rolloutState: 'IN_PROGRESS' })], 'another deployment has superseded it'],
])('fails if the deployment does', async (deployments, reason) => {
  const { outcome } = await replaced(deployments);

  expect(outcome).toContain(`the key is stored, but not every task has it: ${reason}`);
  expect(outcome).toContain('see the events of the service Service in the cluster Cluster');
});

test('finds the deployment that the stack started', async () => {
  const server = new AwsServer({
    DescribeServices: [{ services: [{ deployments: [primary('ecs-svc/3')] }] }],
  });
  const client = new ECSClient({ ...(await server.start()), maxAttempts: 1 });

  const id = await new KeyedService(client, 'Cluster', 'Service').ownDeployment('ecs-svc/2');
  server.stop();

  expect(id).toBe('ecs-svc/3');
});

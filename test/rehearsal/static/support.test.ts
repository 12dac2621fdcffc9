import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Graph } from '../../../rehearsal/predicates/graph';
import { whyUnsupported } from '../../../rehearsal/static/support';
import type { Resource } from '../../../rehearsal/template/resolver';
import { assembly, template } from '../fixture';

const DAEMON = 'public.ecr.aws/xray/aws-xray-daemon:3.6.6';

function reason(
  change: (resources: Record<string, Resource>) => void,
  images = assembly().images,
): string | undefined {
  const changed = template();
  change(changed.Resources);
  return whyUnsupported(new Graph({ ...assembly(changed), images }));
}

const set = (resource: Resource | undefined, properties: object) =>
  Object.assign(resource?.Properties ?? {}, properties);

function withCommand(command: readonly string[]) {
  const context = mkdtempSync(join(tmpdir(), 'image-'));
  writeFileSync(join(context, 'Dockerfile'), `FROM base\nCMD ${JSON.stringify(command)}\n`);
  return Object.fromEntries(
    Object.entries(assembly().images).map(([hash, image]) => [hash, { ...image, context }]),
  );
}

test.each<[string, (resources: Record<string, Resource>) => void, RegExp]>([
  ['no service', (all) => delete all.Service, /has no AWS::ECS::Service/],
  [
    'EC2',
    ({ Service, Task }) => {
      set(Service, { LaunchType: 'EC2' });
      set(Task, { RequiresCompatibilities: ['EC2'] });
    },
    /Service runs on EC2; .* use an ecs.FargateService/,
  ],
  [
    'another collector',
    ({ Task }) => set(Task, containers('public.ecr.aws/aws-observability/aws-otel-collector:v1')),
    /sends its traces to .*aws-otel-collector:v1; .* add a container/,
  ],
  ['no daemon', ({ Task }) => set(Task, containers('redis:8')), /has no daemon/],
  [
    'no load balancer',
    ({ Service }) => set(Service, { LoadBalancers: [] }),
    /Service has no load balancer; .* put one before/,
  ],
])('refuses a stack with %s, with what to do', (_, change, expected) => {
  expect(reason(change, {})).toMatch(expected);
});

function containers(image: string) {
  return {
    ContainerDefinitions: [
      { Name: 'app', Image: 'a:b' },
      { Name: 'side', Image: image },
    ],
  };
}

test('refuses a service in another language', () => {
  expect(reason(() => undefined, withCommand(['node', 'server.js']))).toMatch(
    /started by node; the rehearsal runs Python services only/,
  );
});

test.each([
  ['gunicorn', (): void => undefined],
  ['python3', (all: Record<string, Resource>) => set(all.Service, { LaunchType: 'EC2' })],
  ['/opt/venv/bin/flask', (all: Record<string, Resource>) => set(all.Task, containers(DAEMON))],
])('leaves a service that starts with %s to the facts', (program, change) => {
  const images = withCommand([program]);

  expect(
    reason((all) => {
      set(all.Task, { RequiresCompatibilities: ['FARGATE'] });
      change(all);
    }, images),
  ).toBeUndefined();
});

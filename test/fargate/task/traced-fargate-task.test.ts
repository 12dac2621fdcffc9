import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { ServiceImages } from '../../../lib/fargate/task/container-image';
import { HoneycombApiKey } from '../../../lib/honeycomb/honeycomb-api-key';
import { HoneycombRegion } from '../../../lib/honeycomb/honeycomb-exporter';
import { TracedFargateTask } from '../../../lib/fargate/task/traced-fargate-task';
import type { TracedFargateTaskProps } from '../../../lib/fargate/task/traced-fargate-task-props';
import { testApp, testStack } from '../../app';
import { findingsOf } from '../../nag';

let stack: Stack;
let props: TracedFargateTaskProps;

beforeEach(() => {
  stack = testStack();
  props = {
    serviceName: 'backend-flask',
    image: { containerImage: ecs.ContainerImage.fromRegistry('example:1') },
    honeycombApiKey: new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: '/a/key' }),
    containerPort: 4567,
    healthCheckPath: '/up',
  };
});

function expectTask(task: Record<string, unknown>, backend: Record<string, unknown>): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ...task,
    ContainerDefinitions: [Match.objectLike(backend), Match.objectLike({ Name: 'xray-daemon' })],
  });
}

test('is the smallest that Fargate offers, shared by the application and the daemon', () => {
  new TracedFargateTask(stack, 'Task', props);

  expectTask(
    {
      Cpu: '256',
      Memory: '512',
      RuntimePlatform: { CpuArchitecture: Match.absent(), OperatingSystemFamily: 'LINUX' },
    },
    {
      Name: 'backend-flask',
      Image: 'example:1',
      Essential: true,
      Cpu: 224,
      Memory: 448,
      StopTimeout: Match.absent(),
      LogConfiguration: Match.objectLike({
        Options: Match.objectLike({ 'awslogs-stream-prefix': 'backend-flask' }),
      }),
      PortMappings: [{ ContainerPort: 4567, Protocol: 'tcp' }],
    },
  );
});

test('X-Ray, OpenTelemetry and ECS get the same name', () => {
  new TracedFargateTask(stack, 'Task', { ...props, serviceName: 'my backend/7' });

  expectTask(
    {},
    {
      Name: 'my-backend-7',
      Environment: Match.arrayWith([
        { Name: 'AWS_XRAY_TRACING_NAME', Value: 'my backend/7' },
        { Name: 'OTEL_SERVICE_NAME', Value: 'my backend/7' },
      ]),
    },
  );
});

test('tells the application its port and its health-check path, which produces no spans', () => {
  new TracedFargateTask(stack, 'Task', { ...props, containerPort: 8080, healthCheckPath: '/up' });

  expectTask(
    {},
    {
      PortMappings: [{ ContainerPort: 8080, Protocol: 'tcp' }],
      Environment: Match.arrayWith([
        { Name: 'PORT', Value: '8080' },
        { Name: 'HEALTH_CHECK_PATH', Value: '/up' },
        {
          Name: 'OTEL_PYTHON_FLASK_EXCLUDED_URLS',
          Value: String.raw`^(https?://[^/?#]+)?/up(\?|\Z)`,
        },
      ]),
    },
  );
});

test('requires nothing of an image that does not say what it supports', () => {
  new TracedFargateTask(stack, 'Task', props);

  expectTask({}, { HealthCheck: Match.absent(), ReadonlyRootFilesystem: false });
});

test('uses the health check and the read-only file system that an image supports', () => {
  const image = {
    ...props.image,
    healthCheckCommand: ['CMD', 'python', 'healthcheck.py'],
    readonlyRootFilesystem: true,
  };

  new TracedFargateTask(stack, 'Task', { ...props, image });

  expectTask(
    {},
    {
      HealthCheck: Match.objectLike({ Command: image.healthCheckCommand, StartPeriod: 30 }),
      ReadonlyRootFilesystem: true,
    },
  );
});

test('accepts another size, processor, Honeycomb region, stop timeout and stream prefix', () => {
  new TracedFargateTask(stack, 'Task', {
    ...props,
    cpu: 1024,
    memoryMiB: 3072,
    cpuArchitecture: ecs.CpuArchitecture.ARM64,
    honeycombRegion: HoneycombRegion.EU,
    stopTimeout: Duration.seconds(40),
    streamPrefix: 'web',
  });

  expectTask(
    {
      Cpu: '1024',
      Memory: '3072',
      RuntimePlatform: Match.objectLike({ CpuArchitecture: 'ARM64' }),
    },
    {
      Cpu: 992,
      Memory: 3008,
      StopTimeout: 40,
      LogConfiguration: Match.objectLike({
        Options: Match.objectLike({ 'awslogs-stream-prefix': 'web' }),
      }),
      Environment: Match.arrayWith([
        { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'https://api.eu1.honeycomb.io' },
      ]),
    },
  );
});

test('keeps both logs in one group with 30-day retention', () => {
  new TracedFargateTask(stack, 'Task', props);

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Logs::LogGroup', 1);
  template.hasResource('AWS::Logs::LogGroup', {
    Properties: { RetentionInDays: 30 },
    DeletionPolicy: 'Delete',
  });
});

test.each<[Partial<TracedFargateTaskProps>, string]>([
  [{ cpu: 300 }, '`cpu` must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got: 300'],
  [{ memoryMiB: 768 }, '`memoryMiB` must be one of 512, 1024, 2048 with a cpu of 256, got: 768'],
  [{ applicationCpu: 225 }, '`applicationCpu` must be a whole number from 1 to 224, got: 225'],
  [
    { applicationMemoryMiB: 5 },
    '`applicationMemoryMiB` must be a whole number from 6 to 448, got: 5',
  ],
  [
    { stopTimeout: Duration.seconds(121) },
    '`stopTimeout` must be a whole number from 1 to 120, got: 121',
  ],
  [{ containerPort: 2000 }, "`containerPort` must not be the X-Ray daemon's, got: 2000"],
  [{ containerPort: 0 }, '`containerPort` must be a whole number from 1 to 65535, got: 0'],
  [{ containerPort: 65_536 }, 'got: 65536'],
  [{ containerPort: 80.5 }, 'got: 80.5'],
  [{ serviceName: 'backend-*' }, '`serviceName` must be 1 to 64 letters'],
  [
    { healthCheckPath: 'up' },
    '`healthCheckPath` must be one absolute path of at most 128 characters, without *, ? or a comma, got: up',
  ],
  [{ healthCheckPath: '/a,/b' }, 'got: /a,/b'],
])('fails with %j', (wrong, message) => {
  expect(() => new TracedFargateTask(stack, 'Task', { ...props, ...wrong })).toThrow(message);
});

test('accepts a port and a path known only at deployment', () => {
  const containerPort = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
  const healthCheckPath = new CfnParameter(stack, 'Path').valueAsString;

  new TracedFargateTask(stack, 'Task', { ...props, containerPort, healthCheckPath });

  expectTask(
    {},
    {
      PortMappings: [{ ContainerPort: { Ref: 'Port' }, Protocol: 'tcp' }],
      Environment: Match.arrayWith([
        { Name: 'PORT', Value: { Ref: 'Port' } },
        { Name: 'HEALTH_CHECK_PATH', Value: { Ref: 'Path' } },
        {
          Name: 'OTEL_PYTHON_FLASK_EXCLUDED_URLS',
          Value: {
            'Fn::Join': ['', ['^(https?://[^/?#]+)?', { Ref: 'Path' }, String.raw`(\?|\Z)`]],
          },
        },
      ]),
    },
  );
});

test.each([
  ['team/flask:1.4.2', '1.4.2'],
  [`team/flask@sha256:${'0'.repeat(64)}`, `sha256%3A${'0'.repeat(64)}`],
])('spans of the image %s say its version and where it runs', (reference, version) => {
  new TracedFargateTask(stack, 'Task', {
    ...props,
    image: ServiceImages.fromReference(stack, 'Image', reference),
    environmentName: 'dev',
  });

  const Value = Match.stringLikeRegexp(
    `(^|,)service\\.version=${version},deployment\\.environment\\.name=dev(,|$)`,
  );
  expectTask({}, { Environment: Match.arrayWith([{ Name: 'OTEL_RESOURCE_ATTRIBUTES', Value }]) });
});

test('a version is given for an image that is known only at deployment', () => {
  const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'flask');
  const image = { containerImage: ecs.ContainerImage.fromEcrRepository(repository, '1') };
  new TracedFargateTask(stack, 'Task', { ...props, image, serviceVersion: '7' });

  const variable = {
    Name: 'OTEL_RESOURCE_ATTRIBUTES',
    Value: Match.stringLikeRegexp('(^|,)service\\.version=7(,|$)'),
  };
  expectTask({}, { Environment: Match.arrayWith([variable]) });
});

test('leaves room for a sidecar', () => {
  const { taskDefinition } = new TracedFargateTask(stack, 'Task', {
    ...props,
    applicationCpu: 160,
    applicationMemoryMiB: 320,
  });
  const image = ecs.ContainerImage.fromRegistry('example:1');
  taskDefinition.addContainer('Sidecar', { image, cpu: 64, memoryLimitMiB: 128 });

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({ Cpu: 160, Memory: 320 }),
      Match.objectLike({ Name: 'xray-daemon' }),
      Match.objectLike({ Name: 'Sidecar' }),
    ],
  });
});

test('fails at synth if containers added later do not fit', () => {
  const { taskDefinition } = new TracedFargateTask(stack, 'Task', props);
  taskDefinition.addContainer('Limited', {
    image: ecs.ContainerImage.fromRegistry('example:1'),
    memoryLimitMiB: 128,
  });
  taskDefinition.addContainer('Reserved', {
    image: ecs.ContainerImage.fromRegistry('example:1'),
    memoryReservationMiB: 128,
  });
  taskDefinition.addContainer('ReservedAndLimited', {
    image: ecs.ContainerImage.fromRegistry('example:1'),
    memoryReservationMiB: 64,
    memoryLimitMiB: 128,
  });
  taskDefinition.addContainer('Free', { image: ecs.ContainerImage.fromRegistry('example:1') });

  expect(() => Template.fromStack(stack)).toThrow(
    "`applicationMemoryMiB` must leave room for all containers, which may use 896 of the task's 512 MiB: lower it to 64 or less, or raise `memoryMiB`, got: 448",
  );
});

test('fails at synth with containers for which no share of the application makes room', () => {
  const { taskDefinition } = new TracedFargateTask(stack, 'Task', props);
  const image = ecs.ContainerImage.fromRegistry('example:1');
  taskDefinition.addContainer('Sidecar', { image, memoryLimitMiB: 448 });

  expect(() => Template.fromStack(stack)).toThrow(
    "which may use 960 of the task's 512 MiB: raise `memoryMiB`, got: 448",
  );
});

test('uses another image of the daemon', () => {
  const daemonImage = ecs.ContainerImage.fromRegistry('mirror.example/xray:3.6.6');

  new TracedFargateTask(stack, 'Task', { ...props, daemonImage });

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.anyValue(),
      Match.objectLike({ Image: 'mirror.example/xray:3.6.6' }),
    ],
  });
});

describe('with another OTLP endpoint', () => {
  const endpoint = 'https://otlp.example.com';
  let headers: ecs.Secret;
  let others: TracedFargateTaskProps;

  beforeEach(() => {
    headers = ecs.Secret.fromSsmParameter(
      ssm.StringParameter.fromStringParameterName(stack, 'Headers', 'headers'),
    );
    others = { ...props, honeycombApiKey: undefined, otlpEndpoint: endpoint };
  });

  test('the spans go there, with headers from a secret', () => {
    new TracedFargateTask(stack, 'Task', {
      ...others,
      otlpHeaders: headers,
      serviceVersion: '1',
      environmentName: 'dev',
    });

    expectTask(
      {},
      {
        Environment: Match.arrayWith([
          { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: endpoint },
          {
            Name: 'OTEL_RESOURCE_ATTRIBUTES',
            Value: Match.stringLikeRegexp(
              '(^|,)service\\.version=1,deployment\\.environment\\.name=dev(,|$)',
            ),
          },
          { Name: 'OTEL_PYTHON_FLASK_EXCLUDED_URLS', Value: Match.anyValue() },
        ]),
        Secrets: [Match.objectLike({ Name: 'OTEL_EXPORTER_OTLP_HEADERS' })],
      },
    );
  });

  test.each<[string, () => Partial<TracedFargateTaskProps>]>([
    ['none', () => ({ otlpEndpoint: undefined })],
    ['otlpHeaders', () => ({ otlpEndpoint: undefined, otlpHeaders: headers })],
    ['honeycombApiKey, otlpEndpoint', () => ({ honeycombApiKey: props.honeycombApiKey })],
    ['honeycombRegion, otlpEndpoint', () => ({ honeycombRegion: HoneycombRegion.EU })],
    [
      'honeycombApiKey, otlpHeaders',
      () => ({
        honeycombApiKey: props.honeycombApiKey,
        otlpEndpoint: undefined,
        otlpHeaders: headers,
      }),
    ],
  ])('fails unless there is one place for the spans: %s', (got, wrong) => {
    expect(() => new TracedFargateTask(stack, 'Task', { ...others, ...wrong() })).toThrow(
      `the spans must go to one place, either \`honeycombApiKey\`, with \`honeycombRegion\`, or \`otlpEndpoint\`, with \`otlpHeaders\`, got: ${got}`,
    );
  });
});

test.each<[string, number, string[]]>([
  ['nothing of the task itself', 0, []],
  [
    'what others let its execution role do',
    1,
    ['AwsSolutions-IAM5[Resource::*] Test/Task/Resource/ExecutionRole/DefaultPolicy/Resource'],
  ],
])('cdk-nag reports %s', (_, statements, findings) => {
  const app = testApp();
  stack = new Stack(app, 'Test');
  const repository = new ecr.Repository(stack, 'Repository');
  const { taskDefinition } = new TracedFargateTask(stack, 'Task', {
    ...props,
    honeycombApiKey: new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: '/a/key' }),
    image: { containerImage: ecs.ContainerImage.fromEcrRepository(repository, '1') },
  });
  for (let i = 0; i < statements; i++) {
    taskDefinition.addToExecutionRolePolicy(
      new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: ['*'] }),
    );
  }

  expect(findingsOf(app)).toEqual(findings);
});

test.each(['PORT', 'OTEL_SERVICE_NAME', 'AWS_XRAY_DAEMON_ADDRESS'])(
  'fails at synth if %s is changed later',
  (name) => {
    const { taskDefinition } = new TracedFargateTask(stack, 'Task', props);
    taskDefinition.defaultContainer?.addEnvironment(name, 'other');

    expect(() => Template.fromStack(stack)).toThrow(
      new RegExp(
        `\`${name}\` must be left to .*, got: set again in Test/Task/Resource/Application`,
      ),
    );
  },
);

test.each(['PORT', 'HONEYCOMB_API_KEY'])('fails at synth if %s is a secret of others', (name) => {
  const { taskDefinition } = new TracedFargateTask(stack, 'Task', props);
  const other = ssm.StringParameter.fromStringParameterName(stack, 'Other', 'other');
  taskDefinition.defaultContainer?.addSecret(name, ecs.Secret.fromSsmParameter(other));

  expect(() => Template.fromStack(stack)).toThrow(`\`${name}\` must be left to`);
});

test.each(['cpu', 'memoryMiB'])('fails with a %s known only at deployment', (prop) => {
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;

  expect(() => new TracedFargateTask(stack, 'Task', { ...props, [prop]: number })).toThrow(
    `\`${prop}\` must be known at synth, got: a value known only at deployment`,
  );
});

test('fails with a container that does not fit next to one whose memory is known only at deployment', () => {
  const { taskDefinition } = new TracedFargateTask(stack, 'Task', props);
  const memoryLimitMiB = new CfnParameter(stack, 'Memory', { type: 'Number' }).valueAsNumber;
  const image = ecs.ContainerImage.fromRegistry('example:1');
  taskDefinition.addContainer('Late', { image, memoryLimitMiB });
  taskDefinition.addContainer('Sidecar', { image, memoryLimitMiB: 128 });

  expect(() => Template.fromStack(stack)).toThrow('which may use 640 of the task');
});

import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { XRayDaemon, type XRayDaemonProps } from '../../../lib/xray/daemon/xray-daemon';
import { testApp, testStack } from '../../app';
import { findingsOf } from '../../nag';

let stack: Stack;

beforeEach(() => {
  stack = testStack();
});

const image = ecs.ContainerImage.fromRegistry('example:1');

function fargateTask(): ecs.FargateTaskDefinition {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('App', { image });
  return taskDefinition;
}

function ec2Task(networkMode?: ecs.NetworkMode): ecs.Ec2TaskDefinition {
  const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task', { networkMode });
  taskDefinition.addContainer('App', { image, memoryLimitMiB: 256 });
  return taskDefinition;
}

function containers(): [app: Record<string, unknown>, daemon: Record<string, unknown>] {
  const [task] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return (task?.Properties as { ContainerDefinitions: never }).ContainerDefinitions;
}

test('the daemon never takes the application down', () => {
  fargateTask().addExtension(new XRayDaemon());

  const [, daemon] = containers();
  expect(daemon).toMatchObject({
    Name: 'xray-daemon',
    Essential: false,
    RestartPolicy: { Enabled: true, RestartAttemptPeriod: 60 },
  });
  expect(daemon).not.toHaveProperty('HealthCheck');
});

test('is pinned, sized and read-only', () => {
  fargateTask().addExtension(new XRayDaemon());

  expect(containers()[1]).toMatchObject({
    Image: 'public.ecr.aws/xray/aws-xray-daemon:3.6.6',
    Cpu: 32,
    Memory: 64,
    ReadonlyRootFilesystem: true,
  });
});

test('gets its region, asks EC2 for nothing, and listens inside the task only', () => {
  fargateTask().addExtension(new XRayDaemon());

  const [app, daemon] = containers();
  expect(daemon.Command).toEqual([
    ...['-o', '-n', { Ref: 'AWS::Region' }],
    ...['-b', '127.0.0.1:2000', '-t', '127.0.0.1:2000', '-m', '16'],
  ]);
  expect(daemon).not.toHaveProperty('PortMappings');
  expect(app.Environment).toEqual([{ Name: 'AWS_XRAY_DAEMON_ADDRESS', Value: '127.0.0.1:2000' }]);
});

test('starts before every existing container, and so stops after it', () => {
  const taskDefinition = fargateTask();
  taskDefinition.addContainer('Other', { image });

  taskDefinition.addExtension(new XRayDaemon());

  const [task] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  const dependsOn = [{ Condition: 'START', ContainerName: 'xray-daemon' }];
  expect(task?.Properties).toMatchObject({
    ContainerDefinitions: [
      { Name: 'App', DependsOn: dependsOn },
      { Name: 'Other', DependsOn: dependsOn },
      { Name: 'xray-daemon' },
    ],
  });
});

test('keeps its log for 30 days, and not after the stack is deleted', () => {
  fargateTask().addExtension(new XRayDaemon());

  const [logGroup] = Object.keys(
    Template.fromStack(stack).findResources('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    }),
  );
  expect(logGroup).toBeDefined();
  expect(containers()[1].LogConfiguration).toMatchObject({
    LogDriver: 'awslogs',
    Options: { 'awslogs-group': { Ref: logGroup }, 'awslogs-stream-prefix': 'xray-daemon' },
  });
});

test('accepts another image, size and log group', () => {
  const props: XRayDaemonProps = {
    image: ecs.ContainerImage.fromRegistry('mirror.example/xray:3.6.6'),
    cpu: 64,
    memoryLimitMiB: 128,
    logGroup: new logs.LogGroup(stack, 'Logs'),
  };

  fargateTask().addExtension(new XRayDaemon(props));

  expect(containers()[1]).toMatchObject({
    Image: 'mirror.example/xray:3.6.6',
    Cpu: 64,
    Memory: 128,
  });
  Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
});

test('shares localhost with the application on EC2 in a network of its own', () => {
  ec2Task(ecs.NetworkMode.AWS_VPC).addExtension(new XRayDaemon());

  const [app, daemon] = containers();
  expect(daemon.Command).toEqual(expect.arrayContaining(['127.0.0.1:2000']));
  expect(app.Environment).toContainEqual({
    Name: 'AWS_XRAY_DAEMON_ADDRESS',
    Value: '127.0.0.1:2000',
  });
  expect(app).not.toHaveProperty('Links');
});

test('is linked to the application on EC2 in a bridge network, where each container has its own localhost', () => {
  ec2Task().addExtension(new XRayDaemon());

  const [app, daemon] = containers();
  expect(daemon.Command).toEqual(
    expect.arrayContaining(['-b', '0.0.0.0:2000', '-t', '0.0.0.0:2000']),
  );
  expect(app.Environment).toContainEqual({
    Name: 'AWS_XRAY_DAEMON_ADDRESS',
    Value: 'xray-daemon:2000',
  });
  expect(app.Links).toEqual(['xray-daemon:xray-daemon']);
});

test('lets the task role write traces and read sampling rules, and nothing else', () => {
  fargateTask().addExtension(new XRayDaemon());

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('TaskTaskRole') }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'xray:GetSamplingRules',
            'xray:GetSamplingTargets',
            'xray:PutTelemetryRecords',
            'xray:PutTraceSegments',
          ],
          Resource: '*',
        },
      ],
    },
  });
});

test('grantWriteTraces accepts any grantee', () => {
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });

  XRayDaemon.grantWriteTraces(role).assertSuccess();

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(role.roleName)],
  });
});

test('fails if it is added twice', () => {
  const taskDefinition = fargateTask();
  taskDefinition.addExtension(new XRayDaemon());

  expect(() => {
    taskDefinition.addExtension(new XRayDaemon());
  }).toThrow(
    'the X-Ray daemon must be added once, got: a second container `xray-daemon` in Test/Task',
  );
});

test('fails before there is a container to serve', () => {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');

  expect(() => {
    taskDefinition.addExtension(new XRayDaemon());
  }).toThrow(
    'the X-Ray daemon must be added after the containers that it serves, got: none yet in Test/Task',
  );
});

test.each([
  [ecs.NetworkMode.NONE, 'the daemon could not reach X-Ray'],
  [ecs.NetworkMode.HOST, "only one task on an instance could open the daemon's port 2000"],
  [ecs.NetworkMode.NAT, 'which Windows alone has, and the image of the daemon is for Linux'],
])('fails in the network mode %s', (networkMode, reason) => {
  expect(() => {
    ec2Task(networkMode).addExtension(new XRayDaemon());
  }).toThrow(
    `\`networkMode\` must be awsvpc or bridge for the X-Ray daemon, got: ${networkMode} in Test/Task (${reason})`,
  );
});

test('fails on Windows', () => {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', {
    cpu: 1024,
    memoryLimitMiB: 2048,
    runtimePlatform: { operatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE },
  });
  taskDefinition.addContainer('App', { image });

  expect(() => {
    taskDefinition.addExtension(new XRayDaemon());
  }).toThrow(
    '`operatingSystemFamily` must be LINUX for the X-Ray daemon, whose image is for Linux, got: Windows in Test/Task',
  );
});

test.each(['variable', 'secret'])('fails if a container has its address as a %s', (kind) => {
  const taskDefinition = fargateTask();
  const other = taskDefinition.addContainer('Other', { image });
  if (kind === 'variable') {
    other.addEnvironment('AWS_XRAY_DAEMON_ADDRESS', 'collector:2000');
  } else {
    const parameter = ssm.StringParameter.fromStringParameterName(stack, 'Address', '/address');
    other.addSecret('AWS_XRAY_DAEMON_ADDRESS', ecs.Secret.fromSsmParameter(parameter));
  }

  expect(() => {
    taskDefinition.addExtension(new XRayDaemon());
  }).toThrow(
    '`AWS_XRAY_DAEMON_ADDRESS` must be left to the X-Ray daemon, remove it from the container, got: already set in Test/Task/Other',
  );
});

test('two tasks may share a role', () => {
  const taskRole = new iam.Role(stack, 'Role', {
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
  for (const id of ['One', 'Other']) {
    const taskDefinition = new ecs.FargateTaskDefinition(stack, id, { taskRole });
    taskDefinition.addContainer('App', { image });
    taskDefinition.addExtension(new XRayDaemon());
  }

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(taskRole.roleName)],
    PolicyDocument: { Statement: [Match.objectLike({ Resource: '*' })] },
  });
});

test.each<[XRayDaemonProps, string]>([
  [{ cpu: 0 }, '`cpu` must be a whole number, 1 or more, got: 0'],
  [{ memoryLimitMiB: 15 }, '`memoryLimitMiB` must be a whole number, 16 or more, got: 15'],
  [{ memoryLimitMiB: 64.5 }, '`memoryLimitMiB` must be a whole number, 16 or more, got: 64.5'],
])('fails with %j', (props, message) => {
  expect(() => new XRayDaemon(props)).toThrow(message);
});

describe('cdk-nag', () => {
  const app = () => {
    const made = testApp();
    stack = new Stack(made, 'Test');
    return made;
  };

  function tracedTask(): ecs.FargateTaskDefinition {
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
    const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'app' });
    taskDefinition.addContainer('App', { image, logging });
    taskDefinition.addExtension(new XRayDaemon());
    return taskDefinition;
  }

  test('reports nothing that the daemon needs', () => {
    const made = app();
    tracedTask();

    expect(findingsOf(made)).toEqual([]);
  });

  test('reports what else the role may do', () => {
    const made = app();
    tracedTask().addToTaskRolePolicy(
      new iam.PolicyStatement({ actions: ['dynamodb:DeleteTable'], resources: ['*'] }),
    );

    expect(findingsOf(made)).toEqual([
      'AwsSolutions-IAM5[Resource::*] Test/Task/TaskRole/DefaultPolicy/Resource',
    ]);
  });

  test('reports a variable of another container that has the name of ours', () => {
    const made = app();
    tracedTask().addContainer('Sidecar', {
      image,
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'sidecar' }),
      environment: { AWS_XRAY_DAEMON_ADDRESS: 'not a secret' },
    });

    expect(findingsOf(made)).toEqual(['AwsSolutions-ECS2 Test/Task/Resource']);
  });

  test('reports variables of others, even those added later', () => {
    const made = app();
    tracedTask().defaultContainer?.addEnvironment('PASSWORD', 'not a secret');

    expect(findingsOf(made)).toEqual(['AwsSolutions-ECS2 Test/Task/Resource']);
  });
});

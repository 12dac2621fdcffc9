import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Template } from 'aws-cdk-lib/assertions';
import { RestartOnParameterChange } from '../../lib/operations/restart-on-parameter-change';
import { testStack } from '../app';

const stack = testStack();
const cluster = new ecs.Cluster(stack, 'Cluster', {
  vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }),
});
const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('app:1') });
const service = new ecs.FargateService(stack, 'Service', {
  cluster,
  taskDefinition,
  minHealthyPercent: 100,
  circuitBreaker: { rollback: true },
});
new RestartOnParameterChange(stack, 'Restart', { parameterName: '/a/KEY', service });
const template = Template.fromStack(stack);

test('starts when the one parameter is created or gets a value', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.ssm'],
      'detail-type': ['Parameter Store Change'],
      detail: { name: ['/a/KEY'], operation: ['Create', 'Update'] },
    },
  });
});

test('forces a deployment of the service, and tries again if ECS refuses', () => {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const { DefinitionString } = machine?.Properties as {
    DefinitionString: { 'Fn::Join': [string, unknown[]] };
  };
  const text = DefinitionString['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', "'")))
    .join('');
  const { States } = JSON.parse(text) as { States: Record<string, object> };

  expect(Object.values(States)).toEqual([
    {
      Type: 'Task',
      Resource: "arn:{'Ref':'AWS::Partition'}:states:::aws-sdk:ecs:updateService",
      Parameters: {
        Cluster: expect.stringContaining('Cluster') as string,
        Service: expect.stringContaining("','Name']") as string,
        ForceNewDeployment: true,
      },
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 5 }],
      ResultPath: null,
      End: true,
    },
  ]);
});

test('may update this service and nothing else, without a Lambda function', () => {
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) =>
      (Properties as { PolicyDocument: { Statement: { Action: string; Resource: unknown }[] } })
        .PolicyDocument.Statement,
  );

  expect(statements).toEqual([
    {
      Effect: 'Allow',
      Action: 'ecs:UpdateService',
      Resource: stack.resolve(service.serviceArn) as unknown,
    },
    expect.objectContaining({ Action: 'states:StartExecution' }),
  ]);
  template.resourceCountIs('AWS::Lambda::Function', 0);
});

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DeployedStack } from '../../../operate/key/deployed-stack';
import { AwsServer } from './aws-server';

const response = (action: string, result: string) =>
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
const validationError = (message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;
const member = (fields: Record<string, string>) =>
  `<member>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</member>`;

const described = (status: string) =>
  response(
    'DescribeStacks',
    `<Stacks><member>
       <StackName>CruddurTracing</StackName><StackStatus>${status}</StackStatus>
       <Capabilities><member>CAPABILITY_IAM</member></Capabilities>
       <Parameters>
         ${member({ ParameterKey: 'HoneycombApiKey', ParameterValue: '****' })}
         ${member({ ParameterKey: 'BootstrapVersion', ParameterValue: '/cdk/version' })}
       </Parameters>
       <Outputs>${member({ OutputKey: 'HoneycombRegion', OutputValue: 'eu' })}</Outputs>
     </member></Stacks>`,
  );

let server: AwsServer | undefined;

async function find(answers: Record<string, string[]>) {
  server = new AwsServer(answers);
  const client = new CloudFormationClient({ ...(await server.start()), maxAttempts: 1 });
  return DeployedStack.find(client, 'CruddurTracing');
}

afterEach(() => {
  server?.stop();
});

test('a missing stack is not an error', async () => {
  const DescribeStacks = [validationError('Stack with id CruddurTracing does not exist')];

  await expect(find({ DescribeStacks })).resolves.toBeUndefined();
});

test('fails if CloudFormation says anything else', async () => {
  const DescribeStacks = [validationError('no')];

  await expect(find({ DescribeStacks })).rejects.toThrow('no');
});

test('updates the parameter of the key, and keeps all else', async () => {
  const stack = await find({
    DescribeStacks: [described('CREATE_COMPLETE'), described('UPDATE_COMPLETE')],
    UpdateStack: [response('UpdateStack', '<StackId>1</StackId>')],
  });

  await stack?.storeKey('sentinel');

  expect(stack?.declaresKey).toBe(true);
  expect(stack?.output('HoneycombRegion')).toBe('eu');
  expect(stack?.output('Other')).toBeUndefined();
  const { body = '' } = server?.asked.find(({ action }) => action === 'UpdateStack') ?? {};
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    Action: 'UpdateStack',
    Version: '2010-05-15',
    StackName: 'CruddurTracing',
    UsePreviousTemplate: 'true',
    'Capabilities.member.1': 'CAPABILITY_IAM',
    'Parameters.member.1.ParameterKey': 'HoneycombApiKey',
    'Parameters.member.1.ParameterValue': 'sentinel',
    'Parameters.member.2.ParameterKey': 'BootstrapVersion',
    'Parameters.member.2.UsePreviousValue': 'true',
  });
});

test('a key that the stack has already is stored', async () => {
  const stack = await find({
    DescribeStacks: [described('UPDATE_COMPLETE')],
    UpdateStack: [validationError('No updates are to be performed.')],
  });

  await expect(stack?.storeKey('sentinel')).resolves.toBeUndefined();
});

test('fails with what failed first, if CloudFormation rolls back', async () => {
  const event = (LogicalResourceId: string, ResourceStatus: string, ResourceStatusReason: string) =>
    member({
      LogicalResourceId,
      ResourceStatus,
      ResourceStatusReason,
      ResourceType: LogicalResourceId === 'Stack' ? 'AWS::CloudFormation::Stack' : 'AWS::Other',
    });
  const stack = await find({
    DescribeStacks: [described('UPDATE_COMPLETE'), described('UPDATE_ROLLBACK_COMPLETE')],
    UpdateStack: [response('UpdateStack', '<StackId>1</StackId>')],
    // the newest first
    DescribeStackEvents: [
      response(
        'DescribeStackEvents',
        `<StackEvents>${[
          event('Stack', 'UPDATE_ROLLBACK_COMPLETE', ''),
          event('Service', 'UPDATE_FAILED', 'Resource update cancelled'),
          event('Parameter', 'UPDATE_FAILED', 'AccessDenied'),
          event('Stack', 'UPDATE_IN_PROGRESS', 'User Initiated'),
          event('Earlier', 'UPDATE_FAILED', 'an update before this one'),
        ].join('')}</StackEvents>`,
      ),
    ],
  });

  await expect(stack?.storeKey('sentinel')).rejects.toThrow(
    'the stack was not updated: Parameter: AccessDenied',
  );
});

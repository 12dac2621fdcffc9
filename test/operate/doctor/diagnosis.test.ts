import { readFileSync } from 'node:fs';
import { awsClients } from '../../../operate/doctor/clients';
import { CHECKS, diagnose } from '../../../operate/doctor/diagnosis';
import { diagnosisText, plannedText } from '../../../operate/doctor/print';
import { freePorts } from '../../../rehearsal/testbed/ports';
import { AwsDouble, type Reply } from './aws-double';
import {
  healthy,
  KEY,
  metrics,
  NOW,
  parameter,
  SAMPLING_RULE,
  samplingRules,
  seconds,
  service,
  simulation,
  stackResources,
  stackXml,
  TASK,
  taskDefinition,
} from './healthy';

type Replies = Readonly<Record<string, Reply>>;

/** Runs the doctor against a stack that is healthy, but for some answers. */
async function doctor(replies: Replies = {}) {
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const all = new Map([...healthy(endpoint), ...Object.entries(replies)]);
  const double = new AwsDouble(port, all);
  await double.up();
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  const clients = awsClients(
    { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    // the double speaks HTTP
    async (url, headers) => {
      const response = await fetch(url, { headers });
      return { status: response.status, body: await response.text() };
    },
  );
  try {
    const diagnoses = await diagnose(clients, 'CruddurTracing', NOW);
    return { diagnoses, asked: double.asked, bodies: double.bodies };
  } finally {
    await double.down();
  }
}

async function findings(replies: Replies) {
  const { diagnoses } = await doctor(replies);
  return diagnoses.filter(({ finding }) => finding?.ok !== true);
}

test('a healthy stack passes every check', async () => {
  const { diagnoses } = await doctor();

  expect(diagnosisText(diagnoses).replace(/:\d{4,5} knows/, ' knows')).toMatchInlineSnapshot(`
   "OK       Is the stack deployed? CruddurTracing is UPDATE_COMPLETE
   OK       Does the service run the desired number of tasks? 1 of 1 tasks are running
   OK       Did a task fail in the last hour? no task failed
   OK       Does the X-Ray daemon run in every task? it runs in 1 of 1 tasks
   OK       Is a Honeycomb API key stored that an HTTP header can carry? /cruddur/backend-flask/HONEYCOMB_API_KEY is a String of version 2, 24 characters
   OK       Does Honeycomb know the key? http://127.0.0.1 knows it
   OK       Did every task start after the key was stored? stored 2026-11-20T10:30:00.000Z; 1 task started since
   OK       Does the X-Ray group select the traces of the service? a group selects service("backend-flask")
   OK       Do the stack's sampling rules decide for its requests? for backend-flask: rule Cruddur, 5 a second and 10 % of the rest; for a segment of another name: rule Default, 1 a second and 5 % of the rest
   OK       May the daemon write traces and read the sampling rules? TaskRole allows it
   OK       Does the X-Ray daemon report errors? nothing in the last hour
   OK       Does the application report warnings or errors? nothing in the last hour
   OK       Does the group have traces of the requests of the last hour? 1,200 requests and 300 traces in the last hour
   OK       Do the traces stay within X-Ray's quotas? at most 5.0 traces a second in the last hour; X-Ray accepts 2,600 segments a second
   OK       Where does X-Ray store the segments? in X-Ray; Transaction Search is off

   0 of 15 checks found something wrong"
  `);
});

test('every call is read-only, and is listed beforehand', async () => {
  const { asked } = await doctor({
    'cloudwatch:GetMetricData': metrics({ requests: [10], traces0: [] }),
    'xray:GetTraceSegmentDestination': { Destination: 'CloudWatchLogs', Status: 'ACTIVE' },
  });
  const listed = CHECKS.flatMap(({ asks }) => asks);

  expect(new Set(asked)).toEqual(new Set(listed));
  for (const action of listed) {
    expect(action).toMatch(/^(\w+:(Get|List|Describe|Filter|Simulate)|GET )/);
  }
});

test('the key is not shown, and is sent only to Honeycomb', async () => {
  const { diagnoses, bodies } = await doctor();

  expect(JSON.stringify(diagnoses)).not.toContain(KEY);
  expect(bodies.join('\n')).not.toContain(KEY);
});

test('without a stack no other check runs', async () => {
  const { diagnoses, asked } = await doctor({
    'cloudformation:DescribeStacks': {
      error: 'ValidationError',
      message: 'Stack with id CruddurTracing does not exist',
    },
  });

  expect(asked).toEqual(['cloudformation:DescribeStacks']);
  expect(diagnoses.map(({ finding }) => finding?.ok)).toEqual([
    false,
    ...CHECKS.slice(1).map(() => undefined),
  ]);
  expect(diagnosisText(diagnoses)).toContain(
    'there is no stack CruddurTracing in this account and Region\n         next: npx cdk deploy\nnot run  ',
  );
});

test('a missing permission is named, and the other checks run', async () => {
  const found = await findings({
    'xray:GetGroup': { error: 'AccessDeniedException', message: 'not authorized' },
  });

  expect(found).toEqual([
    expect.objectContaining({
      id: 'group',
      finding: {
        ok: false,
        seen: 'the credentials do not allow it: not authorized',
        next: 'allow them xray:GetGroup',
      },
    }),
  ]);
});

/** A log that holds one line, in the streams of one container. */
const line = (container: string, message: string) => (request: string) =>
  request.includes(`/${container}/`) ? { events: [{ message }] } : { events: [] };
const stopped = (change: object) => ({
  tasks: [{ ...TASK, lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', ...change }],
});

test.each<[id: string, seen: RegExp, next: RegExp, replies: Replies]>([
  [
    'stack',
    /CruddurTracing is UPDATE_ROLLBACK_COMPLETE/,
    /describe-stack-events --stack-name CruddurTracing/,
    { 'cloudformation:DescribeStacks': stackXml('UPDATE_ROLLBACK_COMPLETE') },
  ],
  [
    'service',
    /0 of 1 tasks are running; was unable to place a task/,
    /describe-services --cluster Cluster/,
    {
      'ecs:DescribeServices': service({
        runningCount: 0,
        events: [{ message: 'was unable to place a task' }],
      }),
    },
  ],
  [
    'service',
    /0 of 0 tasks are running/,
    /--desired-count 1/,
    { 'ecs:DescribeServices': service({ runningCount: 0, desiredCount: 0 }) },
  ],
  [
    'service',
    /tasks failed to start/,
    /describe-services/,
    {
      'ecs:DescribeServices': service({
        deployments: [{ rolloutState: 'FAILED', rolloutStateReason: 'tasks failed to start' }],
      }),
    },
  ],
  [
    'stopped-tasks',
    /unable to pull secrets/,
    /^npm run key$/,
    {
      'ecs:DescribeTasks': {
        tasks: [TASK, ...stopped({ stoppedReason: 'unable to pull secrets' }).tasks],
      },
    },
  ],
  [
    'stopped-tasks',
    /Essential container exited; backend-flask exited with 137 OutOfMemory/,
    /aws logs tail Logs/,
    {
      'ecs:DescribeTasks': {
        tasks: [
          TASK,
          ...stopped({
            stopCode: 'EssentialContainerExited',
            stoppedReason: 'Essential container exited',
            containers: [{ name: 'backend-flask', exitCode: 137, reason: 'OutOfMemory' }],
          }).tasks,
        ],
      },
    },
  ],
  [
    'daemon',
    /does not run in 1 of 1 tasks: 0123/,
    /--force-new-deployment/,
    {
      'ecs:DescribeTasks': {
        tasks: [{ ...TASK, containers: [{ name: 'xray-daemon', lastStatus: 'STOPPED' }] }],
      },
    },
  ],
  [
    'key-read',
    /1 of 1 tasks started before the key was stored/,
    /--force-new-deployment --cluster Cluster/,
    { 'ssm:GetParameter': parameter({ LastModifiedDate: seconds('2026-11-20T11:30:00Z') }) },
  ],
  [
    'key-known',
    /does not know it/,
    /^npm run key$/,
    { 'GET https://api.honeycomb.io/1/auth': { error: '401', message: 'unknown API key' } },
  ],
  [
    'key-known',
    /1\/auth: status 503/,
    /^curl -sS -o \/dev\/null http:/,
    { 'GET https://api.honeycomb.io/1/auth': { error: '503', message: '' } },
  ],
  [
    'group',
    /no group of the stack selects service\("backend-flask"\); the stack's groups: service\("other"\)/,
    /cdk deploy/,
    { 'xray:GetGroup': { Group: { FilterExpression: 'service("other")' } } },
  ],
  [
    'group',
    /X-Ray has no group Cruddur: it was deleted outside CloudFormation/,
    /cruddur:groupName=Cruddur-2/,
    { 'xray:GetGroup': { error: 'InvalidRequestException', message: 'Group not found' } },
  ],
  [
    'rules',
    /Greedy is not of the stack and comes first, with priority 100/,
    /cruddur:samplingPriority=99/,
    {
      'xray:GetSamplingRules': samplingRules([
        { ...SAMPLING_RULE, RuleName: 'Greedy', Priority: 100, ServiceName: '*' },
      ]),
    },
  ],
  [
    'rules',
    /X-Ray has no rule Cruddur, Cruddur-health: it was deleted outside CloudFormation/,
    /cruddur:ruleName=Cruddur-2/,
    { 'xray:GetSamplingRules': samplingRules([], []) },
  ],
  [
    'rules',
    /nothing is recorded/,
    /cruddur:samplingFixedRate=0.1/,
    {
      'xray:GetSamplingRules': samplingRules(
        [{ ...SAMPLING_RULE, RuleName: 'Cruddur-health' }],
        [{ ...SAMPLING_RULE, Priority: 10, FixedRate: 0, ReservoirSize: 0 }],
      ),
    },
  ],
  [
    'role',
    /TaskRole does not allow xray:PutTraceSegments \(explicitDeny\)/,
    /cdk deploy/,
    { 'iam:SimulatePrincipalPolicy': simulation({ PutTraceSegments: 'explicitDeny' }) },
  ],
  [
    'daemon-log',
    /1 line in the last hour, the last: .*AccessDeniedException/,
    /aws logs tail Logs --log-stream-name-prefix xray-daemon\/xray-daemon\//,
    {
      'logs:FilterLogEvents': line(
        'xray-daemon',
        '2026-11-20T11:30:00Z [Error] Sending segment batch failed with: AccessDeniedException: not authorized',
      ),
    },
  ],
  [
    'daemon-log',
    /1 line in the last hour, the last: .*6 Unprocessed segments/,
    /aws logs tail/,
    {
      'logs:FilterLogEvents': line(
        'xray-daemon',
        '2026-11-25T07:54:08Z [Info] Sent batch of 6 segments but had 6 Unprocessed segments (0.002 seconds)',
      ),
    },
  ],
  [
    'application-log',
    /WARNING opentelemetry.exporter: Transient error/,
    /aws logs tail Logs --log-stream-name-prefix backend\/backend-flask\//,
    {
      'logs:FilterLogEvents': line(
        'backend-flask',
        '{"level": "WARNING", "logger": "opentelemetry.exporter", "message": "Transient error"}',
      ),
    },
  ],
  [
    'traces',
    /0 requests and 0 traces in the last hour: nothing to trace/,
    /curl -si http:\/\/service.example\/api/,
    { 'cloudwatch:GetMetricData': metrics({ requests: [], traces0: [] }) },
  ],
  [
    'traces',
    /1,200 requests and 0 traces in the last hour, and X-Ray has no trace of service/,
    /docs\/runbook.md#no-traces/,
    { 'cloudwatch:GetMetricData': metrics({ requests: [1000, 200], traces0: [] }) },
  ],
  [
    'traces',
    /X-Ray has traces of service\("backend-flask"\) outside the group/,
    /cdk deploy/,
    {
      'cloudwatch:GetMetricData': metrics({ requests: [10], traces0: [] }),
      'xray:GetTraceSummaries': { TraceSummaries: [{ Id: '1-5759e988-bd862e3fe1be46a994272793' }] },
    },
  ],
  [
    'quota',
    /at most 2700.0 traces a second/,
    /npm run cost/,
    { 'cloudwatch:GetMetricData': metrics({ requests: [999], traces0: [60, 162_000] }) },
  ],
  [
    'destination',
    /Transaction Search is on .* 1 % of the traces are indexed; its status is PENDING/,
    /get-trace-segment-destination/,
    { 'xray:GetTraceSegmentDestination': { Destination: 'CloudWatchLogs', Status: 'PENDING' } },
  ],
])('finds %s: %s', async (id, seen, next, replies) => {
  const found = await findings(replies);

  expect(found.map((diagnosis) => diagnosis.id)).toEqual([id]);
  expect(found[0]?.finding).toEqual({
    ok: false,
    seen: expect.stringMatching(seen) as string,
    next: expect.stringMatching(next) as string,
  });
});

test.each([
  ['does not exist', { error: 'ParameterNotFound', message: '' }],
  ['holds what stands for no key', parameter({ Value: 'not-stored' })],
])('a key that %s is not stored, and cannot be asked about', async (_, reply) => {
  const found = await findings({ 'ssm:GetParameter': reply });

  expect(found.map(({ id, finding }) => [id, finding?.ok === false && finding.next])).toEqual([
    ['key-stored', 'npm run key'],
    ['key-known', 'npm run key'],
  ]);
});

test('a key with a line break is refused, and not sent', async () => {
  const { diagnoses, asked } = await doctor({
    'ssm:GetParameter': parameter({ Value: `${KEY}\n` }),
  });

  expect(diagnosisText(diagnoses)).toContain('holds characters that an HTTP header cannot carry');
  expect(asked).not.toContain('GET https://api.honeycomb.io/1/auth');
});

test('throttled calls are found in the log, and by the quota', async () => {
  const found = await findings({
    'logs:FilterLogEvents': line(
      'xray-daemon',
      '[Error] Sending segment batch failed with: ThrottlingException',
    ),
  });

  expect(found.map(({ id }) => id)).toEqual(['daemon-log', 'quota']);
});

test('with Transaction Search on, it says where the segments are, and nothing is wrong', async () => {
  const { diagnoses } = await doctor({
    'xray:GetTraceSegmentDestination': { Destination: 'CloudWatchLogs', Status: 'ACTIVE' },
  });

  expect(diagnoses.at(-1)?.finding).toEqual({
    ok: true,
    seen: expect.stringContaining(
      'find a trace that is not indexed by its ID in Transaction Search',
    ) as string,
  });
});

test('a service that ECS does not know is reported, and the other checks run', async () => {
  const found = await findings({ 'ecs:DescribeServices': { services: [] } });

  expect(found.map(({ id }) => id)).toContain('service');
  expect(found.map(({ id }) => id)).not.toContain('destination');
  expect(JSON.stringify(found)).toContain('the check failed: ECS does not know the service');
});

test('without credentials every question is printed with what it would call', () => {
  const text = plannedText('CruddurTracing');

  for (const { question, asks } of CHECKS) {
    expect(text).toContain(`${question} (${asks.join(', ')})`);
  }
});

test('the sections of the runbook that a check leads to exist', () => {
  expect(readFileSync('docs/runbook.md', 'utf8')).toContain('\n## No traces\n');
});

test('the task definition may name the parameter instead of its ARN', async () => {
  const secrets = [{ name: 'HONEYCOMB_API_KEY', valueFrom: '/by/name' }];
  const { bodies } = await doctor({
    'ecs:DescribeTaskDefinition': taskDefinition('http://127.0.0.1:1', {
      containerDefinitions: [{ name: 'backend-flask', secrets }],
    }),
  });

  expect(bodies).toContainEqual(expect.stringContaining('"Name":"/by/name"'));
});

test("of several groups, the one with the most traces is the service's", async () => {
  const groups = ['Cruddur-faults', 'Cruddur'].map(
    (name) =>
      ['AWS::XRay::Group', `arn:aws:xray:us-east-1:111122223333:group/${name}/ABC`] as const,
  );
  const { diagnoses } = await doctor({
    'cloudformation:ListStackResources': stackResources(groups),
    'cloudwatch:GetMetricData': metrics({ requests: [90], traces0: [1], traces1: [60] }),
  });

  expect(diagnosisText(diagnoses)).toContain('90 requests and 60 traces in the last hour');
});

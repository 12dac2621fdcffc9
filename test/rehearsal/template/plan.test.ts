import { readPlan } from '../../../rehearsal/template/plan';
import { change } from '../../../rehearsal/mutations/change';
import { assembly, template } from '../fixture';

function plan(steps = '') {
  const changed = template();
  change(changed, steps);
  return readPlan(assembly(changed), 'the-key');
}

test('reads everything that the rehearsal runs and checks', () => {
  expect(plan()).toMatchObject({
    region: 'ap-southeast-2',
    application: { Name: 'backend-flask', StopTimeout: 30 },
    applicationImage: { context: '/nowhere/context', dockerfile: 'Dockerfile' },
    serviceName: 'backend-flask',
    daemon: { Name: 'xray-daemon', Essential: false },
    targetPort: 4567,
    healthCheck: { path: '/api/health-check', codes: '200' },
    rules: [{ RuleName: 'Cruddur' }, { RuleName: 'Cruddur-health' }],
    taskRole: { id: 'TaskRole' },
    keyPath: { declared: true, parameterName: '/cruddur/KEY', problems: [] },
  });
});

test('the task role has only the statements of its own policies', () => {
  expect(plan().taskRole.statements.flatMap(({ actions }) => actions)).toEqual([
    'xray:PutTraceSegments',
    'xray:GetSamplingRules',
  ]);
});

test('a value that only a deployment knows may be given', () => {
  const changed = template();
  change(changed, 'template.Parameters.Greeting = {"Type": "String"}');
  change(changed, 'application.$GREETING = {"Ref": "Greeting"}');
  const { application } = readPlan(
    { ...assembly(changed), parameters: { Greeting: 'hello' } },
    'the-key',
  );

  expect(() => readPlan(assembly(changed), 'the-key')).toThrow(
    '<not known: parameter Greeting>; give that of a parameter with --parameters NAME=VALUE',
  );
  expect(application.Environment).toContainEqual({ Name: 'GREETING', Value: 'hello' });
});

const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:honeycomb';

test.each([
  ['arn:aws:ssm:us-east-1:111122223333:parameter/a/key', '/a/key'],
  ['/a/key', '/a/key'],
  [SECRET, SECRET],
])('the key comes from %s', (from, name) => {
  const { keyPath } = plan(`application.Secrets.0.ValueFrom = "${from}"`);

  expect(keyPath.parameterName).toBe(name);
});

test.each([
  ['is not NoEcho', 'template.Parameters.HoneycombApiKey.NoEcho = false'],
  ['has a default', 'template.Parameters.HoneycombApiKey.Default = "hcaik_x"'],
  ['is a literal', 'parameter.Value = "x"'],
  ['Key exposes the key', 'template.Outputs.Key = {"Value": {"Ref": "HoneycombApiKey"}}'],
])('reports a problem with the key: %s', (problem, steps) => {
  expect(plan(steps).keyPath.problems.join()).toContain(problem);
});

test.each([
  ['sampling rule.SamplingRule.FixedRate = 10', 'FixedRate'],
  ['sampling rule.SamplingRule.Version = 2', 'must be 1'],
  ['sampling rule.SamplingRule.RuleName = "Default"', 'reserved'],
  ['application.Secrets = []', 'has no secret'],
  ['no AWS::ECS::Service', 'exactly one AWS::ECS::Service, got: none'],
])('fails after %s', (steps, message) => {
  expect(() => plan(steps)).toThrow(message);
});

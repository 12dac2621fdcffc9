import { readPlan } from '../../../rehearsal/template/plan';
import { TemplateEditor } from '../../../rehearsal/mutations/template-editor';
import { assembly, template } from '../fixture';

function plan(change: (editor: TemplateEditor) => unknown = () => undefined) {
  const changed = template();
  change(new TemplateEditor(changed));
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
    taskRole: { id: 'TaskRole', assumedByTasks: true },
    keyPath: { declared: true, parameterName: '/cruddur/KEY', problems: [] },
  });
});

test('gives the task role only the statements of its own policies', () => {
  expect(plan().taskRole.statements.flatMap(({ actions }) => actions)).toEqual([
    'xray:PutTraceSegments',
    'xray:GetSamplingRules',
  ]);
});

test.each([
  ['is not NoEcho', ({ keyParameter }: TemplateEditor) => (keyParameter.NoEcho = false)],
  ['has a default', ({ keyParameter }: TemplateEditor) => (keyParameter.Default = 'hcaik_x')],
  ['is a literal', ({ parameter }: TemplateEditor) => (parameter.Value = 'x')],
  [
    'Key exposes the key',
    ({ template: { Outputs } }: TemplateEditor) =>
      Object.assign(Outputs ?? {}, { Key: { Value: { Ref: 'HoneycombApiKey' } } }),
  ],
])('reports a problem with the key: %s', (problem, change) => {
  expect(plan(change).keyPath.problems.join()).toContain(problem);
});

test.each([
  ['rate 10', ({ rule }: TemplateEditor) => (rule.FixedRate = 10), 'FixedRate'],
  ['version 2', ({ rule }: TemplateEditor) => (rule.Version = 2), 'must be 1'],
  ['a rule named Default', ({ rule }: TemplateEditor) => (rule.RuleName = 'Default'), 'reserved'],
  ['no secret', ({ application }: TemplateEditor) => (application.Secrets = []), 'has no secret'],
  [
    'no service',
    (editor: TemplateEditor) => {
      editor.removeAll('AWS::ECS::Service');
    },
    'exactly one AWS::ECS::Service, got: none',
  ],
])('fails with %s', (_, change, message) => {
  expect(() => plan(change)).toThrow(message);
});

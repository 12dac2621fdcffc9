import { CHECK_GROUPS, CHECKS } from '../../../rehearsal/checks/checks';
import { readRole } from '../../../rehearsal/template/iam';
import { emptyRun } from '../fixture';

test('a run in which nothing arrives fails every check that something arrives', () => {
  const run = emptyRun();
  const failed = CHECKS.filter((check) => check.evaluate(run).outcome === 'failed');

  expect(failed.map(({ id }) => id)).toEqual([
    'requests-answered',
    'health-checks-pass',
    'stop-answers',
    'stop-flushes',
    'health-checks-untraced',
    'xray-service',
    'group-filter',
    'url-recorded',
    'sampling-rate',
    'sampling-rule',
    'sampling-not-forced',
    'honeycomb-complete',
    'honeycomb-service',
    'honeycomb-host',
    'same-id',
    'same-spans',
    'role-sufficient',
    'honeycomb-key',
    // the fixture's template does not restart the daemon
    'daemon-optional',
  ]);
});

test.each(CHECKS.map((check) => [check.id, check] as const))('%s has a sentence', (_, check) => {
  const figure = check.evaluate(emptyRun()).figure();

  expect(figure).toMatch(/ /);
  expect(figure).not.toMatch(/undefined|NaN|\[object|[.;,]$/);
});

test('every subject is used once', () => {
  const subjects = CHECK_GROUPS.map(({ subject }) => subject);

  expect(new Set(subjects).size).toBe(subjects.length);
});

test.each([
  ['dynamodb:GetItem', 'passed'],
  ['xray:GetTraceSummaries', 'failed'],
  ['*', 'failed'],
])('that the task role also allows %s has %s', (action, outcome) => {
  const run = emptyRun();
  const also = { effect: 'Allow', actions: [action], resources: ['*'] } as const;
  const taskRole = { ...run.plan.taskRole, statements: [...run.plan.taskRole.statements, also] };
  const check = CHECKS.find(({ id }) => id === 'role-minimal');

  expect(check?.evaluate({ ...run, plan: { ...run.plan, taskRole } }).outcome).toBe(outcome);
});

test('a role of the template that allows nothing of X-Ray fails', () => {
  const run = emptyRun();
  const taskRole = { ...run.plan.taskRole, statements: [] };
  const check = CHECKS.find(({ id }) => id === 'role-minimal');

  expect(check?.evaluate({ ...run, plan: { ...run.plan, taskRole } }).outcome).toBe('failed');
});

test.each(['role-minimal', 'role-sufficient'])('a role that is not known has no %s', (id) => {
  const run = emptyRun();
  const taskRole = readRole({}, 'arn:aws:iam::111122223333:role/another', run.plan);
  const calls = ['xray:PutTraceSegments', 'xray:GetSamplingRules'].map((action) => ({
    action,
    status: 200,
    at: 0,
  }));
  const recorded = { plan: { ...run.plan, taskRole }, xray: { ...run.xray, calls } };
  const check = CHECKS.find((item) => item.id === id);

  expect(check?.evaluate({ ...run, ...recorded }).outcome).toBe('not evaluated');
});

test.each([
  ['no rule for a path', { URLPath: '*' }, 'not evaluated'],
  ['a rule that records a path', { FixedRate: 1 }, 'not evaluated'],
  ['a rule for another path', { URLPath: '/up' }, 'failed'],
  ['a rule for this path', {}, 'passed'],
])('health rule: %s', (_, change, outcome) => {
  const run = emptyRun();
  const rules = run.plan.rules.map((rule) =>
    rule.URLPath === '*' ? rule : { ...rule, ...change },
  );
  const check = CHECKS.find(({ id }) => id === 'health-rule');

  expect(check?.evaluate({ ...run, plan: { ...run.plan, rules } }).outcome).toBe(outcome);
});

test.each([
  [true, [], 'passed'],
  [true, ['/tmp'], 'failed'],
  [false, ['/tmp'], 'passed'],
])('read-only root file system %s, written %j: %s', (isReadOnly, written, outcome) => {
  const run = emptyRun();
  const application = { ...run.plan.application, ReadonlyRootFilesystem: isReadOnly };
  const recorded = {
    plan: { ...run.plan, application },
    application: { ...run.application, written },
  };
  const check = CHECKS.find(({ id }) => id === 'read-only-root');

  expect(check?.evaluate({ ...run, ...recorded }).outcome).toBe(outcome);
});

const ONLY_XRAY = 'http.clientip = "1.2.3.4"';
const FAULTS = 'service("backend-flask") { fault }';

test.each([
  ['a filter that only X-Ray can evaluate', [ONLY_XRAY], 'not evaluated'],
  ['one of these and one for faults', [ONLY_XRAY, FAULTS], 'not evaluated'],
  ['one of these and one for all traces', [ONLY_XRAY, 'service("backend-flask")'], 'passed'],
  ['one for faults', [FAULTS], 'failed'],
  ['none', [], 'failed'],
])('groups: %s', (_, filters, outcome) => {
  const times = { start_time: 100, end_time: 101, in_progress: false };
  const segment = { ...times, trace_id: '1-a', id: 'a', name: 'backend-flask', annotations: {} };
  const run = emptyRun();
  const groups = filters.map((FilterExpression) => ({ GroupName: 'G', FilterExpression }));
  const check = CHECKS.find(({ id }) => id === 'group-filter');
  const recorded = {
    plan: { ...run.plan, groups },
    segmentsByTrace: new Map([['1-a', [segment]]]),
  };

  expect(check?.evaluate({ ...run, ...recorded }).outcome).toBe(outcome);
});

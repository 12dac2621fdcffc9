import { CHECK_GROUPS, CHECKS } from '../../../rehearsal/checks/checks';
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

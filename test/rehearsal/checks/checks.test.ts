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

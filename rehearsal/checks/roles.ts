import { runCheck, templateCheck, type Check } from '../results/check';
import { list } from '../results/prose';
import { allRight, outOf, tally } from '../results/tally';
import { isAllowed } from '../template/iam';

const REQUIRED = ['xray:PutTraceSegments', 'xray:GetSamplingRules'];
const ALLOWED = [
  ...REQUIRED,
  'xray:PutTelemetryRecords',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
].map((action) => action.toLowerCase());

export const ROLE_CHECKS: readonly Check[] = [
  runCheck({
    id: 'role-sufficient',
    claim: 'The task role allows every call that the daemon makes',
    measure: ({ xray, plan: { taskRole } }) => {
      const called = [...new Set(xray.calls.map(({ action }) => action))];
      return {
        role: taskRole.id,
        called,
        denied: called.filter((action) => isAllowed(taskRole.statements, action, '*') === false),
        notCalled: REQUIRED.filter((action) => !called.includes(action)),
      };
    },
    passes: ({ denied, notCalled }) => denied.length === 0 && notCalled.length === 0,
    figure: ({ role, called, denied, notCalled }) =>
      [
        `The daemon called ${list(called, 'nothing')}`,
        denied.length > 0
          ? `${role} does not allow ${denied.join(', ')}`
          : `${role} allows all of them`,
        ...(notCalled.length > 0 ? [`${notCalled.join(', ')} was never called`] : []),
      ].join('; '),
  }),
  templateCheck({
    id: 'role-minimal',
    claim: 'The task role allows only writing traces and reading sampling rules',
    measure: ({ hasExec, taskRole: { statements } }) =>
      tally(
        statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions),
        (action) =>
          ALLOWED.includes(action.toLowerCase()) ||
          (hasExec && /^(ssmmessages|logs|s3|kms):/i.test(action)),
      ),
    passes: allRight,
    figure: (data) => outOf(data, 'actions that the task role allows are needed'),
  }),
];

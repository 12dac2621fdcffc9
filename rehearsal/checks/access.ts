import { recordedCheck, runCheck, templateCheck, type Check } from '../results/check';
import { list, quantity } from '../results/prose';
import { allRight, noneWrong, outOf, tally } from '../results/tally';
import { isAllowed } from '../template/iam';

const REQUIRED = ['xray:PutTraceSegments', 'xray:GetSamplingRules'];
const ALLOWED = [
  ...REQUIRED,
  'xray:PutTelemetryRecords',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
].map((action) => action.toLowerCase());

export const ROLE_CHECKS: readonly Check[] = [
  recordedCheck({
    id: 'role-sufficient',
    claim: 'The task role allows every call that the daemon makes',
    measure: ({ xray, plan: { taskRole } }) => {
      const called = [...new Set(xray.calls.map(({ action }) => action))];
      const decided = (wanted: boolean | undefined) =>
        called.filter((action) => isAllowed(taskRole.statements, action, '*') === wanted);
      return {
        role: taskRole.id,
        called,
        denied: decided(false),
        notKnown: decided(undefined),
        notCalled: REQUIRED.filter((action) => !called.includes(action)),
      };
    },
    passes: ({ denied, notCalled }) => denied.length === 0 && notCalled.length === 0,
    showsNothing: ({ role, notKnown }) =>
      notKnown.length > 0
        ? `only AWS knows whether ${role} allows ${notKnown.join(', ')}`
        : undefined,
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
    claim: 'Of X-Ray, the task role allows only writing traces and reading sampling rules',
    measure: ({ taskRole: { statements } }) => ({
      mayWrite: isAllowed(statements, 'xray:PutTraceSegments', '*'),
      actions: tally(
        statements
          .filter(({ effect }) => effect === 'Allow')
          .flatMap(({ actions }) => actions)
          // the application's own permissions are its own matter
          .filter((action) => /^(xray:|\*)/i.test(action)),
        (action) => ALLOWED.includes(action.toLowerCase()),
      ),
    }),
    passes: ({ actions, mayWrite }) =>
      noneWrong(actions) && (actions.total > 0 || mayWrite === undefined),
    showsNothing: ({ actions }) =>
      actions.total === 0 ? 'what the task role allows is not in the template' : undefined,
    figure: ({ actions }) =>
      outOf(actions, 'actions of X-Ray that the task role allows are needed'),
  }),
];

export const KEY_CHECKS: readonly Check[] = [
  runCheck({
    id: 'honeycomb-key',
    claim: 'Every batch of spans carries the key that the secret refers to',
    measure: ({ honeycomb: { keys }, key, plan }) => {
      const total = [...keys.values()].reduce((sum, count) => sum + count, 0);
      // another key may be a real one, so it is not shown
      const wrong = Array<string>(total - (keys.get(key) ?? 0)).fill('another key');
      return { parameter: plan.keyPath.parameterName, batches: { total, wrong } };
    },
    passes: ({ batches }) => allRight(batches),
    figure: ({ parameter, batches }) => outOf(batches, `batches carried the key in ${parameter}`),
  }),
  templateCheck({
    id: 'key-path',
    claim: 'The template passes the key from a NoEcho parameter to the SSM parameter only',
    measure: ({ keyPath: { declared, parameterName, problems } }) => ({
      parameterName,
      declared,
      problems,
    }),
    passes: ({ problems }) => problems.length === 0,
    figure: ({ parameterName, declared, problems }) =>
      problems.length > 0
        ? problems.join('; ')
        : declared
          ? `${parameterName} gets its value from a NoEcho parameter, and nothing else does`
          : `An operator stores the key in ${parameterName}; the template holds no value`,
  }),
  runCheck({
    id: 'key-hidden',
    claim: 'The key is in no synthesized file, log, command line, or trace',
    measure: ({ application, daemon, files, key, honeycomb, xray }) => {
      const places = Object.entries({
        "the application's log": application.log,
        "the daemon's log": daemon.log,
        'command lines': [...application.commandLines, ...daemon.commandLines],
        'calls to X-Ray': xray.bodies,
        segments: xray.segments.map((segment) => JSON.stringify(segment)),
        spans: honeycomb.spans.map((span) => JSON.stringify(span)),
      });
      const exposing = places.filter(([, texts]) => texts.some((text) => text.includes(key)));
      return {
        files: files.searched,
        searched: places.map(([place, texts]) => ({ place, texts: texts.length })),
        exposedIn: [...files.containing, ...exposing.map(([place]) => place)],
      };
    },
    passes: ({ exposedIn }) => exposedIn.length === 0,
    figure: ({ files, searched, exposedIn }) =>
      exposedIn.length > 0
        ? `The key is in ${exposedIn.join(', ')}`
        : `Not found in ${quantity(files, 'file')}, ${list(
            searched.map(({ place }) => place),
            'nothing else',
          )}`,
  }),
];

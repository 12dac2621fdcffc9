import { isAllowed, type Statement } from '../../../rehearsal/template/iam';

const allow = (actions: string[], resources = ['*']): Statement => ({
  effect: 'Allow',
  actions,
  resources,
});

test.each([
  ['the action itself', [allow(['xray:PutTraceSegments'])], true],
  ['another case', [allow(['XRAY:puttracesegments'])], true],
  ['a wildcard', [allow(['xray:Put*'])], true],
  ['one character', [allow(['xray:PutTraceSegment?'])], true],
  ['nothing', [], false],
  ['another action', [allow(['xray:GetSamplingRules'])], false],
  ['a prefix', [allow(['xray:Put'])], false],
  ['another resource', [allow(['xray:*'], ['arn:aws:s3:::b'])], false],
  [
    'a Deny next to it',
    [allow(['xray:*']), { ...allow(['xray:PutTraceSegments']), effect: 'Deny' }],
    false,
  ],
  ['a Deny of something else', [allow(['xray:*']), { ...allow(['s3:*']), effect: 'Deny' }], true],
] as [string, Statement[], boolean][])('a role with %s', (_, statements, expected) => {
  expect(isAllowed(statements, 'xray:PutTraceSegments', '*')).toBe(expected);
});

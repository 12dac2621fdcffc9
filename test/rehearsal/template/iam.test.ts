import { isAllowed, mayDo, readRole, type Statement } from '../../../rehearsal/template/iam';

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

function role(change: object, Condition?: object) {
  const Principal = { Service: 'ecs-tasks.amazonaws.com' };
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal,
    ...(Condition && { Condition }),
  };
  const Properties = { AssumeRolePolicyDocument: { Statement: [trust] }, ...change };
  const place = { account: '111122223333', region: 'ap-southeast-2' };
  return readRole({ Role: { Type: 'AWS::IAM::Role', Properties } }, 'Role', place);
}

function mayWrite(statement: object) {
  const Statement = { Effect: 'Allow', Resource: '*', ...statement };
  const { statements } = role({ Policies: [{ PolicyDocument: { Statement } }] });
  return isAllowed(statements, 'xray:PutTraceSegments', '*');
}

test.each([
  [{ StringEquals: { 'aws:RequestedRegion': 'ap-southeast-2' } }, true],
  [{ StringNotEquals: { 'aws:RequestedRegion': 'ap-southeast-2' } }, false],
  [{ StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }, false],
  [{ StringEquals: { 'aws:PrincipalTag/team': 'a' } }, undefined],
])('a statement with the condition %j', (Condition, expected) => {
  expect(mayWrite({ Action: 'xray:*', Condition })).toBe(expected);
});

test.each([
  [{ NotAction: 'xray:Put*' }, false],
  [{ NotAction: 's3:*' }, true],
])('a statement with %j', (statement, expected) => {
  expect(mayWrite(statement)).toBe(expected);
});

test.each([
  [{ ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:ap-southeast-2:111122223333:*' } }, true],
  [{ StringEquals: { 'aws:SourceAccount': '999999999999' } }, false],
  [{ StringEquals: { 'sts:ExternalId': 'a' } }, undefined],
])('tasks may assume a role with the condition %j: %s', (condition, expected) => {
  expect(role({}, condition).isAssumedBy('ecs-tasks')).toBe(expected);
});

test.each([
  [['AWSXRayDaemonWriteAccess'], true],
  [['AWSDenyAll'], false],
  [['PowerUserAccess'], undefined],
  [['AWSXRayDaemonWriteAccess', 'PowerUserAccess'], undefined],
  [['AWSDenyAll', 'PowerUserAccess'], false],
])('a role with the managed policies %j may write: %s', (names, allowed) => {
  const { statements } = role({
    ManagedPolicyArns: names.map((name) => `arn:aws:iam::aws:policy/${name}`),
  });

  expect(isAllowed(statements, 'xray:PutTraceSegments', '*')).toBe(allowed);
});

test('nothing is known of a role that is not in the template', () => {
  const place = { account: '111122223333', region: 'ap-southeast-2' };
  const another = readRole({}, 'arn:aws:iam::111122223333:role/another', place);

  expect(another.id).toBe('role/another');
  expect(mayDo(another, 'xray:PutTraceSegments', '*')).toBeUndefined();
  expect(another.isAssumedBy('ecs-tasks')).toBeUndefined();
});

test.each([
  ['AdministratorAccess', true],
  ['AmazonSSMReadOnlyAccess', false],
  ['PowerUserAccess', undefined],
])('a role does what its boundary %s allows, too', (name, expected) => {
  const bounded = role({
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'],
    PermissionsBoundary: `arn:aws:iam::aws:policy/${name}`,
  });

  expect(mayDo(bounded, 'xray:PutTraceSegments', '*')).toBe(expected);
  expect(mayDo(bounded, 's3:GetObject', '*')).toBe(false);
});

test.each([
  [{ Principal: { AWS: '*' } }, false],
  [{ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, true],
  [{ NotPrincipal: { Service: 'lambda.amazonaws.com' } }, false],
  [{ NotPrincipal: { Service: 'ecs-tasks.amazonaws.com' } }, true],
])('tasks may assume a role next to a Deny of %j: %s', (who, expected) => {
  const allowed = { Principal: { Service: 'ecs-tasks.amazonaws.com' } };
  const Statement = [
    { Effect: 'Allow', Action: 'sts:AssumeRole', ...allowed },
    { Effect: 'Deny', Action: 'sts:AssumeRole', ...who },
  ];

  expect(role({ AssumeRolePolicyDocument: { Statement } }).isAssumedBy('ecs-tasks')).toBe(expected);
});

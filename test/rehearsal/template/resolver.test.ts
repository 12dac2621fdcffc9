import { NOT_KNOWN, Resolver, type Template } from '../../../rehearsal/template/resolver';

const TEMPLATE: Template = {
  Parameters: {
    Key: { Type: 'String' },
    Size: { Type: 'String', Default: 'small' },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1,subnet-2' },
  },
  Conditions: {
    InSydney: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'ap-southeast-2'] },
    Elsewhere: { 'Fn::Not': [{ Condition: 'InSydney' }] },
    Never: { 'Fn::And': [{ Condition: 'InSydney' }, { Condition: 'Elsewhere' }] },
    Always: { 'Fn::Or': [{ Condition: 'InSydney' }, { Condition: 'Elsewhere' }] },
  },
  Mappings: { Sizes: { small: { memory: 512 } } },
  Resources: {
    Log: { Type: 'AWS::Logs::LogGroup', Properties: {} },
    Named: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/a/b' } },
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
    Gone: { Type: 'AWS::S3::Bucket', Condition: 'Never' },
    Kept: { Type: 'AWS::S3::Bucket', Condition: 'Always' },
  },
  Outputs: { Url: { Value: { 'Fn::Sub': 'http://${Role.Arn}' } } },
};

function resolver(template = TEMPLATE): Resolver {
  return new Resolver(template, {
    stackName: 'Stack',
    account: '111122223333',
    region: 'ap-southeast-2',
    parameters: { Key: 'secret' },
  });
}

test.each([
  [{ Ref: 'AWS::Region' }, 'ap-southeast-2'],
  [{ Ref: 'Key' }, 'secret'],
  [{ Ref: 'Size' }, 'small'],
  [{ Ref: 'Log' }, 'Log'],
  [{ Ref: 'Named' }, '/a/b'],
  [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam:ap-southeast-2:111122223333:Role'],
  [{ 'Fn::GetAtt': 'Role.RoleId' }, 'Role.RoleId'],
  [{ 'Fn::GetAtt': ['Log', 'Arn'] }, 'arn:aws:logs:ap-southeast-2:111122223333:log-group:Log:*'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-small'],
  [
    { 'Fn::Sub': 'x-${Size}-${Role.Arn}-${!Size}' },
    'x-small-arn:aws:iam:ap-southeast-2:111122223333:Role-${Size}',
  ],
  [{ 'Fn::Sub': ['${own}', { own: { Ref: 'Size' } }] }, 'small'],
  [{ 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
  [{ 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'ap-southeast-2a'],
  [{ 'Fn::Select': [1, { 'Fn::GetAtt': ['Role', 'Blocks'] }] }, 'Role.Blocks.1'],
  [{ 'Fn::Select': [1, { Ref: 'Zones' }] }, 'b'],
  [{ Ref: 'Subnets' }, ['subnet-1', 'subnet-2']],
  [{ 'Fn::Select': [3, { 'Fn::Cidr': ['10.0.0.0/16', 4, '8'] }] }, '10.0.3.0/24'],
  [{ 'Fn::If': ['InSydney', 'yes', 'no'] }, 'yes'],
  [{ 'Fn::If': ['Elsewhere', 'yes', 'no'] }, 'no'],
  [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'memory'] }, 512],
  [{ 'Fn::Base64': 'a' }, 'YQ=='],
  [{ a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
])('resolves %j', (value, expected) => {
  expect(resolver().resolve(value, 'here')).toEqual(expected);
});

test('omits resources whose condition is false', () => {
  expect(Object.keys(resolver().resources())).toEqual(['Log', 'Named', 'Role', 'Kept']);
});

test('resolves outputs', () => {
  expect(resolver().outputs()).toEqual({
    Url: 'http://arn:aws:iam:ap-southeast-2:111122223333:Role',
  });
});

test.each([
  [{ Ref: 'Gone' }, 'here refers to "Gone", which the template does not have'],
  [{ Ref: 'Nothing' }, 'here refers to "Nothing", which the template does not have'],
  [{ 'Fn::GetAtt': ['Nothing', 'Arn'] }, 'here refers to "Nothing"'],
  [{ Ref: 'Key', a: 1 }, 'Ref has sibling keys'],
  [{ 'Fn::Select': [9, ['a']] }, 'Fn::Select has no item 9'],
  [{ 'Fn::Select': [0, { Ref: 'Size' }] }, 'expected a list, got: "small"'],
  [{ 'Fn::Select': [0, 'a.b'] }, 'expected a list, got: "a.b"'],
  [{ 'Fn::Join': ['', 'text'] }, 'expected a list, got: "text"'],
  [{ 'Fn::If': ['Unknown', 1, 2] }, 'condition "Unknown" is used but not defined'],
  [{ 'Fn::FindInMap': ['Sizes', 'big', 'memory'] }, 'no mapping Sizes/big/memory'],
])('fails with %j', (value, message) => {
  expect(() => resolver().resolve(value, 'here')).toThrow(message);
});

test.each([{ 'Fn::ImportValue': 'x' }, { Ref: 'Other' }, { Ref: 'Stored' }])(
  'does not guess %j',
  (value) => {
    const Parameters = {
      Other: { Type: 'String' },
      Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/name' },
    };

    expect(resolver({ ...TEMPLATE, Parameters }).resolve(value, 'here')).toMatch(NOT_KNOWN);
  },
);

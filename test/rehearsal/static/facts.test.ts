import { makeMistake } from '../../../rehearsal/mutations/facts';
import { type Fact, PREDICATES, STATIC_CHECKS } from '../../../rehearsal/static/facts';
import { evaluateFacts, findingsOf, graphOf } from '../../../rehearsal/static/static-checks';
import { SchemaValidator } from '../../../rehearsal/static/schema';
import { type Assembly, readAssemblies } from '../../../rehearsal/template/assembly';
import { readConfig } from '../../../lib/config/config';
import { CruddurTracingStack } from '../../../lib/cruddur-tracing-stack';
import { testApp } from '../../app';

const FACTS = STATIC_CHECKS.flatMap(({ facts }) => facts);

function synthesize(context: Record<string, unknown> = {}): Assembly {
  const config = readConfig(context, {});
  const app = testApp();
  new CruddurTracingStack(app, config.stackName, { config });
  const [assembly] = readAssemblies(app.synth().directory);
  if (!assembly) {
    throw new Error('the stack has no service');
  }
  return assembly;
}

const ASSEMBLY = synthesize();

function mutated(change: (template: Assembly['template']) => unknown): Assembly {
  const template = structuredClone(ASSEMBLY.template);
  change(template);
  return { ...ASSEMBLY, template };
}

test.each([
  {},
  { 'cruddur:certificateArn': 'arn:aws:acm:us-east-1:111122223333:certificate/a-1' },
  { 'cruddur:serviceName': 'orders.api', 'cruddur:cpuArchitecture': 'arm64' },
  { 'cruddur:healthCheckPath': '/', 'cruddur:honeycombApiKeySource': 'existing' },
  { 'cruddur:backendImage': 'ghcr.io/team/orders:1.2.3' },
])('every fact holds of the stack with %j', (context) => {
  const rows = evaluateFacts(synthesize(context));

  expect(rows.filter(({ outcome }) => outcome !== 'passed').map((row) => row.figure())).toEqual([]);
});

test.each(
  FACTS.map((fact): [string, Fact] => [`${fact.kind} ${fact.property} ${fact.must}`, fact]),
)('catches its mistake: %s', (_, fact) => {
  const assembly = mutated((template) => {
    makeMistake(fact, template);
  });
  const failed = findingsOf(fact, graphOf(assembly)).filter(({ outcome }) => outcome === 'failed');

  expect(failed).not.toEqual([]);
});

test('every predicate is in the table', () => {
  const used = FACTS.map(({ must }) => must);

  expect(Object.keys(PREDICATES).filter((must) => !used.includes(must))).toEqual([]);
});

test.each([
  ['a value that only a deployment knows', { Cluster: { 'Fn::ImportValue': 'cluster' } }],
  ['a property that no fact is about', { ServiceRegistries: [{ RegistryArn: 'arn' }] }],
])('does not pass %s', (_, change) => {
  const assembly = mutated(({ Resources }) => {
    const service = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::Service');
    Object.assign(service?.Properties ?? {}, change);
  });
  const outcomes = evaluateFacts(assembly).map(({ outcome }) => outcome);

  expect(outcomes).toContain('not evaluated');
  expect(outcomes).not.toContain('failed');
});

test('states what no fact is about', () => {
  const assembly = mutated(({ Resources }) =>
    Object.assign(Resources, { Bucket: { Type: 'AWS::S3::Bucket', Properties: {} } }),
  );
  const [coverage] = evaluateFacts(assembly);

  expect(coverage?.figure()).toMatch(/not looked at: .*1 AWS::S3::Bucket/);
});

test("CloudFormation's schemas know a misspelt property", () => {
  const assembly = mutated(({ Resources }) => {
    const service = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::Service');
    Object.assign(service?.Properties ?? {}, { LaunchTyp: 'FARGATE' });
  });
  const validator = new SchemaValidator();

  expect(validator.problemsOf(ASSEMBLY.template)).toEqual([]);
  expect(validator.problemsOf(assembly.template).join()).toContain("'LaunchTyp' was unexpected");
});

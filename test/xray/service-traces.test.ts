import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SamplingRule } from '../../lib/xray/sampling-rule';
import { ServiceTraces, type ServiceTracesProps } from '../../lib/xray/service-traces';
import { testStack } from '../app';

let stack: Stack;

beforeEach(() => {
  stack = testStack();
});

function serviceTraces(props: Partial<ServiceTracesProps> = {}, id = 'Traces'): ServiceTraces {
  return new ServiceTraces(stack, id, {
    serviceName: 'checkout',
    groupName: 'Checkout',
    ruleName: 'Checkout',
    priority: 100,
    healthCheckPath: '/up',
    ...props,
  });
}

interface Rule {
  readonly RuleName: string;
  readonly Priority: number;
}

/** All rules, in the order in which X-Ray tries them. */
function rules(): Rule[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::XRay::SamplingRule'))
    .map(({ Properties }) => (Properties as { SamplingRule: Rule }).SamplingRule)
    .sort((a, b) => a.Priority - b.Priority);
}

test('groups the traces of the service', () => {
  serviceTraces({ insights: true });

  Template.fromStack(stack).hasResourceProperties('AWS::XRay::Group', {
    GroupName: 'Checkout',
    FilterExpression: 'service("checkout")',
    InsightsConfiguration: { InsightsEnabled: true },
  });
});

test('samples the requests of the service, and no health check', () => {
  serviceTraces({ fixedRate: 0.2, reservoirSize: 3 });

  const ServiceName = 'checkout';
  expect(rules()).toMatchObject([
    { RuleName: 'Checkout-health', Priority: 99, FixedRate: 0, ReservoirSize: 0, URLPath: '/up' },
    { RuleName: 'Checkout', Priority: 100, FixedRate: 0.2, ReservoirSize: 3, URLPath: '*' },
  ]);
  expect(rules()).toEqual(rules().map((rule) => ({ ...rule, ServiceName })));
});

test('samples as X-Ray does unless told otherwise', () => {
  const { samplingRule } = serviceTraces();

  expect(rules()).toContainEqual(
    expect.objectContaining({
      RuleName: samplingRule.ruleName,
      FixedRate: 0.05,
      ReservoirSize: 1,
    }),
  );
});

test('tries the health checks first, then the paths in their order, then everything else', () => {
  const traces = serviceTraces({
    fixedRate: 0.2,
    reservoirSize: 3,
    paths: {
      '/api/slow': { fixedRate: 1 },
      '/api/*': { reservoirSize: 0, ruleName: 'Checkout-other' },
    },
  });

  expect(rules()).toMatchObject([
    { RuleName: 'Checkout-health', Priority: 97, URLPath: '/up', FixedRate: 0, ReservoirSize: 0 },
    {
      ...{ RuleName: 'Checkout-api-slow', Priority: 98, URLPath: '/api/slow' },
      ...{ FixedRate: 1, ReservoirSize: 3, ServiceName: 'checkout' },
    },
    {
      ...{ RuleName: 'Checkout-other', Priority: 99, URLPath: '/api/*' },
      ...{ FixedRate: 0.2, ReservoirSize: 0, ServiceName: 'checkout' },
    },
    { RuleName: 'Checkout', Priority: 100, URLPath: '*' },
  ]);
  expect(traces.pathSamplingRules.map(({ ruleName }) => ruleName)).toEqual([
    'Checkout-api-slow',
    'Checkout-other',
  ]);
});

test('another name for the rule of a path is another resource, which X-Ray needs to rename it', () => {
  const idOf = (ruleName: string) => {
    const [rule] = serviceTraces({ paths: { '/slow': { ruleName } } }, 'Traces').pathSamplingRules;
    return stack.resolve(rule?.ruleArn) as unknown;
  };
  const first = idOf('Slow');
  stack = testStack();

  expect(idOf('Slower')).not.toEqual(first);
});

test('ten services need no more than a priority each', () => {
  for (let i = 0; i < 10; i++) {
    const name = `service-${i}`;
    serviceTraces(
      { serviceName: name, groupName: name, ruleName: name, priority: 100 + 2 * i },
      name,
    );
  }

  expect(rules()).toHaveLength(20);
});

const paths = { '/a': {}, '/b': {} };

test('needs room for a rule before the first priority that X-Ray has', () => {
  serviceTraces({ priority: 4, paths });

  expect(rules().map(({ Priority }) => Priority)).toEqual([1, 2, 3, 4]);
});

test.each<[Partial<ServiceTracesProps>, string]>([
  [{ priority: 1 }, '`priority` must be a whole number from 2 to 9999, got: 1'],
  [{ priority: 3, paths }, '`priority` must be a whole number from 4 to 9999, got: 3'],
  [{ priority: 10_000 }, 'got: 10000'],
  [{ serviceName: 'checkout-*' }, '`serviceName` must be 1 to 64 letters'],
  [{ groupName: 'a b' }, '`groupName` must be 1 to 32 letters'],
  ...['Default', 'r'.repeat(26), 'a-health', 'a b'].map(
    (ruleName): [Partial<ServiceTracesProps>, string] => [
      { ruleName },
      `\`ruleName\` must be 1 to 25 letters, digits and dashes, not Default and not ending in -health, got: "${ruleName}"`,
    ],
  ),
  [{ healthCheckPath: '*' }, '`healthCheckPath` must be one absolute path'],
  [{ fixedRate: 2 }, '`fixedRate` must be a finite number from 0 to 1, got: 2'],
  [{ paths: { '/a': { fixedRate: 2 } } }, "`paths['/a'].fixedRate` must be a finite number from 0"],
  [{ paths: { '/a,/b': {} } }, '`paths` must be one pattern, X-Ray has no lists'],
  [
    { paths: { [`/${'long'.repeat(8)}`]: {} } },
    `\`paths['/${'long'.repeat(8)}'].ruleName\` must be 1 to 32 letters, digits and dashes, and not Default, got: "Checkout-${'long'.repeat(8)}"`,
  ],
  [
    { paths: { '/a/b': {}, '/a-b': {} } },
    "`paths['/a-b'].ruleName` must be unique, another path already has it, got: Checkout-a-b",
  ],
  [
    { paths: { '/health': {} } },
    "`paths['/health'].ruleName` must be unique in an account and region, Test/Traces/HealthCheckSamplingRule already has it, got: Checkout-health",
  ],
  [{ paths: { '/*': {} } }, "`paths['/*'].ruleName` must be unique"],
])('fails with %j', (props, message) => {
  expect(() => serviceTraces(props)).toThrow(message);
});

test.each(['ruleName', 'priority', 'serviceName'])(
  'fails with a %s known only at deployment, from which other values are derived',
  (prop) => {
    const parameter = new CfnParameter(stack, 'Value', { type: 'Number' });
    const value = prop === 'priority' ? parameter.valueAsNumber : parameter.valueAsString;

    expect(() => serviceTraces({ [prop]: value })).toThrow(
      new RegExp(`^\`${prop}\` must be .*known at synth`),
    );
  },
);

test.each([
  [50, undefined],
  [49, '48 to 49'],
  [51, '50 to 51'],
])('the priorities of two services do not overlap: 50 and %i', (priority, range) => {
  new SamplingRule(stack, 'Other', { ruleName: 'Other', priority: range ? 49 : 48 });
  new SamplingRule(stack, 'Another', { ruleName: 'Another', priority: range ? 50 : 51 });
  const build = () => serviceTraces({ priority });

  if (range === undefined) {
    expect(build).not.toThrow();
  } else {
    expect(build).toThrow(`\`priority\` must leave ${range} to the rules of this service, Test/`);
  }
});

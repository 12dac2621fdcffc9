import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type PathSampling, PathSamplingRules } from '../../lib/xray/path-sampling-rules';
import { testStack } from '../app';

let stack: Stack;

beforeEach(() => {
  stack = testStack();
});

function pathRules(paths: Record<string, PathSampling>): PathSamplingRules {
  const service = { serviceName: 'checkout', ruleName: 'Checkout', fixedRate: 0.2 };
  return new PathSamplingRules(stack, 'Paths', { paths, firstPriority: 10, service });
}

test('samples each path as given, and otherwise as the rest of the service', () => {
  pathRules({ '/pay': { fixedRate: 1 }, '/search/*': { reservoirSize: 0, ruleName: 'Search' } });

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::XRay::SamplingRule', 2);
  template.hasResourceProperties('AWS::XRay::SamplingRule', {
    SamplingRule: {
      ...{ RuleName: 'Checkout-pay', Priority: 10, ServiceName: 'checkout', URLPath: '/pay' },
      ...{ FixedRate: 1, ReservoirSize: 1 },
    },
  });
  template.hasResourceProperties('AWS::XRay::SamplingRule', {
    SamplingRule: {
      ...{ RuleName: 'Search', Priority: 11, ServiceName: 'checkout', URLPath: '/search/*' },
      ...{ FixedRate: 0.2, ReservoirSize: 0 },
    },
  });
});

test('creates nothing without paths', () => {
  expect(pathRules({}).rules).toEqual([]);
});

test('fails with a name known only at deployment, which cannot be part of an id', () => {
  const ruleName = new CfnParameter(stack, 'Name').valueAsString;

  expect(() => pathRules({ '/pay': { ruleName } })).toThrow(
    "`paths['/pay'].ruleName` must be known at synth",
  );
});

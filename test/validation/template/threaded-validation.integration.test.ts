import type { IPolicyValidationContext } from 'aws-cdk-lib';
import { ThreadedValidation } from '../../../lib/validation/template/threaded-validation';

function contextOf(...templatePaths: string[]): IPolicyValidationContext {
  const stackTemplates = templatePaths.map((templatePath) => ({
    stackConstructPath: 'Stack',
    templatePath,
  }));
  return { stackTemplates } as unknown as IPolicyValidationContext;
}

function started(resourceTypes: string[]): ThreadedValidation {
  const validation = new ThreadedValidation();
  validation.compileRules(resourceTypes);
  return validation;
}

test('answers more than once, with the version of the engine', () => {
  const validation = started(['AWS::XRay::Group']);

  expect(validation.validate(contextOf())).toEqual({ success: true, violations: [] });
  expect(validation.validate(contextOf())).toEqual({ success: true, violations: [] });
  expect(validation.version).toMatch(/^\d+\.\d+\.\d+/);
});

test.each([
  ['cannot start', undefined, 'resourceTypes is not iterable'],
  ['fails', [], 'no such file or directory'],
])('an engine that %s is a finding that fails the synth', (_, types, reason) => {
  const validation = started(types as string[]);

  expect(validation.validate(contextOf('/no/such.json'))).toEqual({
    success: false,
    violations: [
      expect.objectContaining({
        severity: 'fatal',
        description: expect.stringContaining(reason) as string,
      }),
    ],
  });
});

import { setFlagsFromString } from 'node:v8';
import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Preflight } from 'cdk-preflight';
import { BUNDLED_RULES } from 'cdk-preflight/lib/rules.generated';

/**
 * Has cdk-nag (AwsSolutions), cdk-preflight and CloudFormation Validate check the app at every synth.
 *
 * Call it when the app is complete: rules about resource types that it does not have are left out.
 */
export function addValidations(app: App): void {
  // The engine is WebAssembly and runs once: optimizing it takes longer than it saves. V8 starts a garbage collection at most of
  // the thousand steps in which its memory grows, and completes four times as many of them if it marks concurrently.
  setFlagsFromString('--liftoff-only');
  setFlagsFromString('--no-concurrent-marking');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  // Not enforced by cdk-preflight itself: that would compile a second engine, which takes longer than the rest of a synth
  // altogether. Its rules run in the engine of CloudFormation Validate, whose findings cdk.json makes errors.
  Preflight.apply(app, { enforce: false, exclude: unrelatedRules(app) });
}

function unrelatedRules(app: App): string[] {
  const types = new Set(
    app.node
      .findAll()
      .filter((construct) => CfnResource.isCfnResource(construct))
      .map((resource) => resource.cfnResourceType),
  );
  return BUNDLED_RULES.filter(
    ({ resourceTypes }) => !resourceTypes.some((type) => type === '*' || types.has(type)),
  ).map(({ id }) => id);
}

import { setFlagsFromString } from 'node:v8';
import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ThreadedValidation } from './threaded-validation';

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
  // in this order, so that cdk-nag runs while the thread starts
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new ThreadedValidation(resourceTypesOf(app)),
  );
}

function resourceTypesOf(app: App): string[] {
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  return [...new Set(resources.map(({ cfnResourceType }) => cfnResourceType))];
}

import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Preflight } from 'cdk-preflight';

/**
 * Has every synth judged by cdk-nag (AwsSolutions) and cdk-preflight. CloudFormation Validate is on already, by cdk.json.
 */
export function addValidations(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  Preflight.apply(app);
}

import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import type * as cdkNag from 'cdk-nag';
import { ThreadedValidation } from './threaded-validation';

/**
 * cdk-nag (AwsSolutions), cdk-preflight, and CloudFormation Validate, at every synth of an app.
 *
 * Construct it before the app is: CloudFormation Validate takes longest to load.
 */
export class AppValidations {
  private readonly cloudFormationValidate = new ThreadedValidation();

  /**
   * Call it when the app is complete: rules about resource types that it does not have are left out.
   */
  public addTo(app: App): void {
    this.cloudFormationValidate.compileRules(resourceTypesOf(app));
    // loaded while the rules are compiled
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded before
    const { AwsSolutionsChecks } = require('cdk-nag') as typeof cdkNag;
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), this.cloudFormationValidate);
  }
}

function resourceTypesOf(app: App): string[] {
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  return [...new Set(resources.map(({ cfnResourceType }) => cfnResourceType))];
}

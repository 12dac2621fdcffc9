import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Template } from '../template/resolver';

interface Diagnostic {
  readonly severity: 'FATAL' | 'ERROR' | 'WARN' | 'INFO';
  readonly message: string;
  readonly entity?: { readonly logicalId?: string };
  readonly propertyPath?: string;
}

interface Validate {
  readonly SchemaValidator: new () => { validate(template: object): Diagnostic[] };
  readonly TemplateContent: new (text: string) => object;
}

/**
 * The schemas of CloudFormation's resource types, as CloudFormation Validate has them: the one that
 * the CDK itself runs in a synthesis. They know what a property may be called and hold.
 */
export class SchemaValidator {
  private readonly module: Validate;
  private readonly validator: InstanceType<Validate['SchemaValidator']>;

  constructor() {
    // it is WebAssembly and runs once: to optimize it takes longer than it saves
    setFlagsFromString('--liftoff-only');
    // the CDK's own copy, which is not in a registry on its own
    const ofCdk = createRequire(require.resolve('aws-cdk-lib/package.json'));
    this.module = ofCdk('@aws/cloudformation-validate') as Validate;
    this.validator = new this.module.SchemaValidator();
  }

  /** Returns what CloudFormation would refuse. */
  public problemsOf(template: Template): string[] {
    return (
      this.validator
        .validate(new this.module.TemplateContent(JSON.stringify(template)))
        // a WARN is a value that the schema does not have, or advice about an old service
        .filter(
          ({ severity, message }) => severity !== 'INFO' && !message.includes('maintenance mode'),
        )
        .map(({ entity, propertyPath = '', message }) =>
          [
            entity?.logicalId ?? 'The template',
            propertyPath.replace('Properties.', ''),
            message,
          ].join(': '),
        )
    );
  }
}

import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { BUNDLED_LIBS, BUNDLED_RULES } from 'cdk-preflight/lib/rules.generated';
import type { Assembly } from '../template/assembly';
import { placeOf } from '../template/plan';

/** Characters of a message that are shown. */
const LONGEST = 240;

interface Diagnostic {
  readonly severity: 'FATAL' | 'ERROR' | 'WARN';
  readonly ruleId: string;
  readonly message: string;
  readonly entity?: { readonly logicalId?: string; readonly resourceType?: string };
  readonly propertyPath?: string;
}

interface Validate {
  readonly CompositeEngine: new (config: object) => {
    validateTemplate(template: object, options: object): { diagnostics: Diagnostic[] };
  };
  readonly TemplateContent: new (text: string) => object;
}

/**
 * CloudFormation Validate with the rules of cdk-preflight, as `cdk synth` runs them. They know the schemas of CloudFormation's
 * resource types, and much of what the services refuse in a deployment.
 */
export class TemplateValidator {
  private readonly module: Validate;
  private readonly engine: InstanceType<Validate['CompositeEngine']>;

  constructor() {
    // it is WebAssembly and runs once: to optimize it, or to mark garbage while its memory grows, takes longer than it saves
    setFlagsFromString('--liftoff-only');
    setFlagsFromString('--no-concurrent-marking');
    // the CDK's own copy, which is not in a registry on its own
    const ofCdk = createRequire(require.resolve('aws-cdk-lib/package.json'));
    this.module = ofCdk('@aws/cloudformation-validate') as Validate;
    this.engine = new this.module.CompositeEngine({ regoRules: preflightModules() });
  }

  /** Returns what CloudFormation or a service would refuse. */
  public problemsOf(assembly: Assembly): string[] {
    const { account: accountId, region } = placeOf(assembly);
    const { diagnostics } = this.engine.validateTemplate(
      new this.module.TemplateContent(JSON.stringify(assembly.template)),
      {
        severityLevel: 'WARN',
        parameterOverrides: { ...defaultsOf(assembly), ...assembly.parameters },
        pseudoParameterOverrides: { accountId, region },
      },
    );
    return diagnostics.filter(isRefusal).map(({ entity, propertyPath = '', message }) => {
      const where = [entity?.logicalId ?? 'The template', propertyPath.replace('Properties.', '')];
      // one about a reference lists everything that could be referred to
      return [...where, message.slice(0, LONGEST)].join(': ');
    });
  }
}

/** The values that a deployment uses where it is given none. To the validator, a default is one of several values. */
function defaultsOf({ template: { Parameters = {} } }: Assembly): Record<string, string> {
  const values = Object.entries(Parameters).filter(
    ([, { Default, Type }]) => Default !== undefined && !Type.startsWith('AWS::SSM::'),
  );
  return Object.fromEntries(values.map(([name, { Default }]) => [name, String(Default)]));
}

/** Services whose lists of allowed values change seldom. Elsewhere a value may be newer than the list, as a Lambda runtime is. */
const SETTLED =
  /^AWS::(ApplicationAutoScaling|CloudWatch|ECS|ElasticLoadBalancingV2|Logs|SSM|XRay)::/;

/** Other warnings than of a value that is not one of those allowed are advice. */
function isRefusal({ entity, ruleId, severity }: Diagnostic): boolean {
  return severity !== 'WARN' || (ruleId === 'W3030' && SETTLED.test(entity?.resourceType ?? ''));
}

/** A missing number, which Rego takes for 0; the rules mean to skip it. */
const MISSING_NUMBER = /(to_number\(object\.get\([^()]+, )null\)\)/g;

/** One module for each service: one for each rule takes six times as long to compile. */
function preflightModules(): object[] {
  const modules = new Map<string, string>();
  for (const { service, rego } of BUNDLED_RULES) {
    const body = rego
      .replace(/^(?:package|import)\s.*\n/gm, '')
      .replace(MISSING_NUMBER, '$1"none"))');
    modules.set(
      service,
      (modules.get(service) ?? 'package cdk_preflight\nimport rego.v1\n') + body,
    );
  }
  return [
    ...BUNDLED_LIBS.map(({ name, rego }) => ({ name, content: rego })),
    ...[...modules].map(([name, content]) => ({ name, content })),
  ];
}

import { CfnCondition, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct, type IConstruct } from 'constructs';
import { requireParameterPath } from './parameter-path';
import { putParameterCommand, updateParameterCommand } from './store-command';
import { othersInEnvironment, requireUnique } from '../validation/same-environment';

/**
 * Where the value of the API key comes from.
 */
export enum HoneycombApiKeySource {
  /**
   * The stack creates the SSM parameter, a `String`, from a `NoEcho` CloudFormation parameter, which is `not-stored` until
   * a key is stored. CloudFormation cannot make a `SecureString`.
   */
  DECLARED = 'declared',

  /**
   * An SSM parameter, best a `SecureString`, that exists before the deployment. Its name must not be that of a parameter
   * that a stack declares: the stack would delete it.
   */
  EXISTING = 'existing',
}

/**
 * Properties for `HoneycombApiKey`. None of them is the key itself.
 */
export interface HoneycombApiKeyProps {
  /**
   * Name of the SSM parameter that holds the key: a path of up to 15 levels of letters, digits, `_`, `.` and `-`, not under
   * `/aws` or `/ssm`, 1011 characters at most.
   */
  readonly parameterName: string;

  /**
   * Where the value comes from.
   *
   * @default HoneycombApiKeySource.DECLARED
   */
  readonly source?: HoneycombApiKeySource;

  /**
   * The key that encrypts the parameter. Only with `HoneycombApiKeySource.EXISTING`; readers may then decrypt with it.
   *
   * @default - the account's `aws/ssm`, which needs no permission, or none for a `String`
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * The Honeycomb API key, in an SSM parameter, without its value ever being in the template.
 */
export class HoneycombApiKey extends Construct {
  /**
   * What a declared parameter holds until a key is stored. The application then sends nothing to Honeycomb.
   */
  public static readonly NOT_STORED = 'not-stored';

  /**
   * The SSM parameter that holds the key.
   */
  public readonly parameter: ssm.IStringParameter;

  /**
   * Name of the SSM parameter, as it was given.
   */
  public readonly parameterName: string;

  /**
   * Name of the CloudFormation parameter for the key; `undefined` for an existing SSM parameter.
   *
   * It is the construct's own id where that stands directly in the stack.
   */
  public readonly cfnParameterName?: string;

  private readonly cfnParameter?: CfnParameter;
  private isNotStored?: CfnCondition;
  private readonly encryptionKey?: kms.IKey;

  /**
   * @throws for a name that is not a path, without showing it, for an encryption key with a declared parameter, and for a
   * declared parameter in a nested stack or with the name of another one
   */
  constructor(scope: Construct, id: string, props: HoneycombApiKeyProps) {
    super(scope, id);

    const { parameterName, source = HoneycombApiKeySource.DECLARED, encryptionKey } = props;
    requireParameterPath(parameterName);
    if (encryptionKey && source === HoneycombApiKeySource.DECLARED) {
      throw new Error(
        `\`encryptionKey\` must come with the source ${HoneycombApiKeySource.EXISTING}, CloudFormation cannot make a SecureString, got: ${source}`,
      );
    }

    this.parameterName = parameterName;
    this.encryptionKey = encryptionKey;
    if (source === HoneycombApiKeySource.EXISTING) {
      this.parameter = ssm.StringParameter.fromSecureStringParameterAttributes(this, 'Parameter', {
        parameterName,
        simpleName: false,
        encryptionKey,
      });
      return;
    }

    requireTopLevelStack(this);
    const namesakes = othersInEnvironment(this, isDeclared).filter(
      (other) => other.parameterName === parameterName,
    );
    requireUnique(this, 'parameterName', parameterName, 'in an account and region', namesakes);
    // the id `Default` gives it the name of this construct
    this.cfnParameter = new CfnParameter(this, 'Default', {
      description: 'API key of the Honeycomb environment that receives the traces',
      noEcho: true,
      default: HoneycombApiKey.NOT_STORED,
      allowedPattern: '[!-~]+',
      constraintDescription:
        'printable ASCII characters without spaces, as an HTTP header carries them',
    });
    this.cfnParameterName = this.cfnParameter.logicalId;
    this.parameter = new ssm.StringParameter(this, 'Parameter', {
      parameterName,
      simpleName: false,
      description: 'API key of the Honeycomb environment that receives the traces',
      stringValue: this.cfnParameter.valueAsString,
    });
  }

  /**
   * A shell command that stores the key held by the variable `HONEYCOMB_API_KEY`, in any app and with any options of the
   * deployment. `printf` is part of the shell, and the value goes over standard input: it is in no list of processes.
   */
  public get storeCommand(): string {
    return this.cfnParameter
      ? updateParameterCommand(this.cfnParameter)
      : putParameterCommand(this.parameterName, this.encryptionKey);
  }

  /**
   * Whether a key is stored, in words, as CloudFormation knows it at each update; `undefined` for an existing SSM parameter.
   * It adds a condition to the stack.
   */
  public get state(): string | undefined {
    if (!this.cfnParameter) {
      return undefined;
    }
    this.isNotStored ??= new CfnCondition(this, 'IsNotStored', {
      expression: Fn.conditionEquals(this.cfnParameter.valueAsString, HoneycombApiKey.NOT_STORED),
    });
    return Fn.conditionIf(
      this.isNotStored.logicalId,
      'not stored: traces reach X-Ray only',
      'stored',
    ).toString();
  }

  /**
   * The key as ECS hands it to a container: read at the start of each task, by the execution role.
   */
  public toEcsSecret(): ecs.Secret {
    return ecs.Secret.fromSsmParameter(this.parameter);
  }
}

function isDeclared(construct: IConstruct): construct is HoneycombApiKey {
  return construct instanceof HoneycombApiKey && construct.cfnParameterName !== undefined;
}

function requireTopLevelStack(apiKey: HoneycombApiKey): void {
  if (Stack.of(apiKey).nested) {
    // the parent hands parameters down, and the next deployment of it would hand down the old key
    throw new Error(
      `\`source\` must be ${HoneycombApiKeySource.EXISTING} in a nested stack, whose parameters its parent sets: make the HoneycombApiKey in the parent and use it in the nested stack, got: ${HoneycombApiKeySource.DECLARED} in ${apiKey.node.path}`,
    );
  }
}

import { Refusal } from '../refusal';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
}

export interface Parameter {
  readonly Type: string;
  readonly Default?: unknown;
  readonly NoEcho?: boolean;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly unknown[];
  readonly MinLength?: number;
  readonly MaxLength?: number;
}

export interface Template {
  readonly Transform?: unknown;
  readonly Rules?: Record<string, TemplateRule>;
  readonly Parameters?: Record<string, Parameter>;
  readonly Conditions?: Record<string, unknown>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { Value: unknown; Condition?: string }>;
}

/** Assertions about the values of parameters. */
interface TemplateRule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription?: string }[];
}

/**
 * Where the template would be deployed, and with which parameters.
 */
export interface Deployment {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const NO_VALUE = Symbol('AWS::NoValue');

/** Matches a value that only a deployment knows. What reads it is not evaluated, or refused. */
export const NOT_KNOWN = /<not known: .*>|\{\{resolve:/s;

/** What Secrets Manager appends to a name in an ARN: a hyphen and six characters. */
export const SECRET_SUFFIX = '-AbCdEf';

/** The property that `Ref` returns, for the types whose name the rehearsal follows. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::SSM::Parameter': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
};

/**
 * Resolves the values of a template as CloudFormation would, and refuses what it does not know: a
 * guess would make every later check worthless. An id that only a deployment can assign is
 * the logical id.
 */
export class Resolver {
  constructor(
    private readonly template: Template,
    private readonly deployment: Deployment,
  ) {}

  /** Returns all resources whose condition is true. Each is resolved when it is first read. */
  public resources(): Record<string, Resource> {
    const resolve = (value: unknown, id: string) =>
      this.resolve(value, id) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(this.template.Resources)
        .filter(([, resource]) => this.isTrue(resource.Condition))
        .map(([id, { Type, Properties = {} }]) => {
          let resolved: Record<string, unknown> | undefined;
          return [
            id,
            {
              Type,
              get Properties() {
                return (resolved ??= resolve(Properties, id));
              },
            },
          ];
        }),
    );
  }

  /** Returns all outputs whose condition is true, resolved. */
  public outputs(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.template.Outputs ?? {})
        .filter(([, output]) => this.isTrue(output.Condition))
        .map(([id, output]) => [id, this.resolve(output.Value, `output ${id}`)]),
    );
  }

  /** Returns the description of each assertion of the rules that is false, but for those that only AWS can evaluate. */
  public failedAssertions(): string[] {
    const isKnown = (item: unknown) =>
      [...JSON.stringify(item).matchAll(/"Ref":"([^"]+)"/g)].every(
        ([, id = '']) => !NOT_KNOWN.test(String(this.ref(id, 'Rules'))),
      ) && !/"Fn::(RefAll|ValueOf|ValueOfAll)"/.test(JSON.stringify(item));
    return Object.entries(this.template.Rules ?? {})
      .filter(([, rule]) => isKnown(rule))
      .filter(([, { RuleCondition: when }]) => when === undefined || this.condition(when, 'Rules'))
      .flatMap(([name, { Assertions }]) =>
        Assertions.filter(({ Assert }) => !this.condition(Assert, `rule ${name}`)).map(
          ({ AssertDescription = `rule ${name}` }) => AssertDescription,
        ),
      );
  }

  /** @param where names the location in messages */
  public resolve(value: unknown, where: string): unknown {
    const resolved = this.value(value, where);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  private value(value: unknown, where: string): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.value(item, where)).filter((item) => item !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
      if (entries.length > 1) {
        throw new Refusal(`${where}: ${name} has sibling keys, which CloudFormation refuses`);
      }
      return this.intrinsic(name, argument, where);
    }
    return Object.fromEntries(
      entries
        .map(([key, item]): [string, unknown] => [key, this.value(item, `${where}.${key}`)])
        .filter(([, item]) => item !== NO_VALUE),
    );
  }

  private intrinsic(name: string, argument: unknown, where: string): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(String(argument), where);
      case 'Fn::GetAtt': {
        const [id, ...attribute] =
          typeof argument === 'string' ? argument.split('.') : this.list(argument, where);
        return this.attribute(String(id), attribute.join('.'), where);
      }
      case 'Fn::Join': {
        const [separator, items] = this.list(argument, where);
        return this.list(items, where).join(String(separator));
      }
      case 'Fn::Split': {
        const [separator, text] = this.list(argument, where);
        return String(text).split(String(separator));
      }
      case 'Fn::Select': {
        const [index, items] = this.list(argument, where);
        if (typeof items === 'string' && (NOT_KNOWN.test(items) || this.isAttribute(items))) {
          return `${items}.${String(index)}`;
        }
        const item = this.list(items, where)[Number(index)];
        if (item === undefined && JSON.stringify(argument).includes('"Fn::Split"')) {
          // an ID that only a deployment assigns has no parts yet
          return '<not known: Fn::Split>';
        }
        if (item === undefined) {
          throw new Refusal(`${where}: Fn::Select has no item ${String(index)}`);
        }
        return item;
      }
      case 'Fn::Sub':
        return this.substitute(argument, where);
      case 'Fn::If': {
        const [condition, yes, no] = argument as [string, unknown, unknown];
        return this.value(this.isTrue(condition) ? yes : no, where);
      }
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => this.deployment.region + zone);
      case 'Fn::Cidr': {
        const [, count] = this.list(argument, where);
        return Array.from({ length: Number(count) }, (_, index) => `10.0.${index}.0/24`);
      }
      case 'Fn::FindInMap': {
        const [map, key, second] = this.list(argument, where).map(String);
        const found = this.template.Mappings?.[map ?? '']?.[key ?? '']?.[second ?? ''];
        if (found === undefined) {
          throw new Refusal(`${where}: no mapping ${String(map)}/${String(key)}/${String(second)}`);
        }
        return found;
      }
      case 'Fn::Base64':
        return Buffer.from(String(this.value(argument, where))).toString('base64');
      default:
        return `<not known: ${name}>`;
    }
  }

  private ref(id: string, where: string): unknown {
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': this.deployment.account,
      'AWS::NoValue': NO_VALUE,
      'AWS::NotificationARNs': [],
      'AWS::Partition': 'aws',
      'AWS::Region': this.deployment.region,
      'AWS::StackId': `arn:aws:cloudformation:${this.deployment.region}:${this.deployment.account}:stack/${this.deployment.stackName}/1`,
      'AWS::StackName': this.deployment.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    if (id in pseudo) {
      return pseudo[id];
    }
    const parameter = this.template.Parameters?.[id];
    if (parameter) {
      const isName = parameter.Type.startsWith('AWS::SSM::Parameter::');
      const value = this.deployment.parameters[id] ?? (isName ? undefined : parameter.Default);
      const text = value ?? `<not known: parameter ${id}>`;
      const isList = /^(CommaDelimitedList|List<.+>)$/.test(parameter.Type);
      return isList && typeof value === 'string' ? value.split(/\s*,\s*/) : text;
    }
    const resource = this.resource(id, where);
    if (/^AWS::SecretsManager::Secret(TargetAttachment)?$/.test(resource.Type)) {
      return `arn:aws:secretsmanager:${this.deployment.region}:${this.deployment.account}:secret:${id}${SECRET_SUFFIX}`;
    }
    const name = resource.Properties?.[NAME_PROPERTY[resource.Type] ?? ''];
    return name === undefined ? id : this.value(name, where);
  }

  private attribute(id: string, attribute: string, where: string): unknown {
    const resource = this.resource(id, where);
    const { account, region } = this.deployment;
    if (attribute === 'Arn' && resource.Type === 'AWS::Logs::LogGroup') {
      return `arn:aws:logs:${region}:${account}:log-group:${String(this.ref(id, where))}:*`;
    }
    if (attribute === 'Arn') {
      const service = resource.Type.split('::')[1]?.toLowerCase() ?? '';
      return `arn:aws:${service}:${region}:${account}:${id}`;
    }
    return `${id}.${attribute}`;
  }

  /** Whether a value stands for an attribute that only a deployment knows, which may be a list. */
  private isAttribute(text: string): boolean {
    const [id = '', attribute] = text.split('.');
    return attribute !== undefined && id in this.template.Resources;
  }

  private resource(id: string, where: string): Resource {
    const resource = this.template.Resources[id];
    if (!resource?.Type || !this.isTrue(resource.Condition)) {
      throw new Refusal(
        `${where} refers to "${id}", which the template does not have, or has without a Type`,
      );
    }
    return resource;
  }

  private substitute(argument: unknown, where: string): string {
    const [text, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) {
        return `\${${name}}`;
      }
      if (name in own) {
        return String(this.value(own[name], where));
      }
      const [id = '', ...attribute] = name.split('.');
      return String(
        attribute.length > 0
          ? this.attribute(id, attribute.join('.'), where)
          : this.ref(name, where),
      );
    });
  }

  private isTrue(condition: string | undefined): boolean {
    if (condition === undefined) {
      return true;
    }
    const definition = this.template.Conditions?.[condition];
    if (definition === undefined) {
      throw new Refusal(`condition "${condition}" is used but not defined`);
    }
    return this.condition(definition, `condition ${condition}`);
  }

  private condition(definition: unknown, where: string): boolean {
    const [name, argument] = Object.entries(definition as object)[0] ?? [];
    const parts = argument as unknown[];
    switch (name) {
      case 'Condition':
        return this.isTrue(String(argument));
      case 'Fn::And':
        return parts.every((part) => this.condition(part, where));
      case 'Fn::Or':
        return parts.some((part) => this.condition(part, where));
      case 'Fn::Not':
        return !this.condition(parts[0], where);
      case 'Fn::Equals':
        return this.value(parts[0], where) === this.value(parts[1], where);
      case 'Fn::Contains':
      case 'Fn::EachMemberEquals':
      case 'Fn::EachMemberIn': {
        const [first = [], second] = parts.map((part) => [this.value(part, where)].flat());
        return name === 'Fn::Contains'
          ? first.some((item) => second?.includes(item))
          : first.every((item) => second?.includes(item));
      }
      default:
        throw new Refusal(
          `${where}: the rehearsal does not support ${String(name)}; add it in resolver.ts`,
        );
    }
  }

  private list(value: unknown, where: string): unknown[] {
    const resolved = this.value(value, where);
    if (!Array.isArray(resolved)) {
      throw new Refusal(`${where}: expected a list, got: ${JSON.stringify(resolved)}`);
    }
    return resolved as unknown[];
  }
}

import { Refusal } from '../refusal';
import type { Parameter, Resolver, Template } from './resolver';
import { idsOfType } from './resources';
import type { Container } from './task-definition';

/** How the Honeycomb key gets into the application's environment. */
export interface KeyPath {
  readonly variable: string;
  /** Name of an SSM parameter, or ARN of a secret of Secrets Manager. */
  readonly parameterName: string;
  /** Whether the template declares the SSM parameter, or an operator creates it. */
  readonly declared: boolean;
  /** Problems with how the template passes the value on. */
  readonly problems: readonly string[];
}

/** The variable that carries the key, where a container has several secrets. */
const KEY_VARIABLE = /^(HONEYCOMB_API_KEY|OTEL_EXPORTER_OTLP_(TRACES_)?HEADERS)$/;
/** The form of every Honeycomb key. A shorter text, such as `not-stored`, is not a key. */
const KEY = /^hc[a-z]{2,3}_|^\w{20,}$/;

/** Returns the template's parameter for the key: the hidden one that an SSM parameter stores. */
export function findKeyParameter({ Parameters = {}, Resources }: Template): string | undefined {
  const stored = Object.values(Resources).flatMap(({ Type, Properties }) => {
    const { Ref } = (Properties?.Value ?? {}) as { Ref?: string };
    const parameter = Parameters[Ref ?? ''];
    return Type === 'AWS::SSM::Parameter' && Ref !== undefined && parameter
      ? [{ Ref, name: String(Properties?.Name), isHidden: parameter.NoEcho === true }]
      : [];
  });
  const [first] = [
    ...stored.filter(({ name }) => /honeycomb/i.test(name)),
    ...stored.filter(({ isHidden }) => isHidden),
    ...stored,
  ];
  return first?.Ref;
}

export function readKeyPath(
  resolver: Resolver,
  application: Container,
  key: string,
  keyParameter: string | undefined,
  { Parameters = {} }: Template,
): KeyPath {
  const { variable, parameterName } = readSecret(application);
  const resources = resolver.resources();
  const parameters = idsOfType(resources, 'AWS::SSM::Parameter').map((id) => {
    const { Name, Value } = resources[id]?.Properties ?? {};
    return { name: String(Name), holdsKey: Value === key };
  });
  const declared = parameters.find(({ name }) => name === parameterName);
  const holder = parameters.find(({ holdsKey }) => holdsKey);
  const others = Object.entries(resources).filter(([, { Type }]) => Type !== 'AWS::SSM::Parameter');
  const exposing = [...others, ...Object.entries(resolver.outputs())]
    .filter(([, item]) => JSON.stringify(item).includes(key))
    .map(([id]) => id);
  const { NoEcho, Default, ...limits } = Parameters[keyParameter ?? ''] ?? {};

  return {
    variable,
    parameterName,
    declared: declared !== undefined,
    problems: [
      ...(holder && holder !== declared
        ? [`the secret reads ${parameterName}, but the template stores the key in ${holder.name}`]
        : []),
      ...(keyParameter !== undefined && NoEcho !== true
        ? [`parameter ${keyParameter} carries the key and is not NoEcho`]
        : []),
      ...(keyParameter !== undefined && KEY.test(JSON.stringify(Default ?? '').slice(1, -1))
        ? [`parameter ${keyParameter} has a default, which the template shows`]
        : []),
      ...(keyParameter !== undefined && !accepts(limits, key)
        ? [`parameter ${keyParameter} refuses a key such as Honeycomb's`]
        : []),
      ...exposing.map((id) => `${id} exposes the key`),
      ...(declared && !declared.holdsKey
        ? [`the value of ${parameterName} is a literal in the template`]
        : []),
    ],
  };
}

function readSecret({ Name: container, Secrets }: Container) {
  const secret = Secrets.find(({ Name }) => KEY_VARIABLE.test(Name)) ?? Secrets[0];
  if (!secret) {
    throw new Refusal(`${container} has no secret, so it has no Honeycomb key`);
  }
  const { Name: variable, ValueFrom } = secret;
  const [parameterName = ValueFrom] =
    /(?<=^(?:arn:[\w-]+:ssm:[^:]*:[^:]*:parameter)?)\/.*$/.exec(ValueFrom) ?? [];
  return { variable, parameterName };
}

function accepts(limits: Partial<Parameter>, key: string): boolean {
  const {
    Type = 'String',
    AllowedPattern = '.*',
    AllowedValues,
    MinLength = 0,
    MaxLength = Infinity,
  } = limits;
  return (
    Type === 'String' &&
    new RegExp(`^(?:${AllowedPattern})$`).test(key) &&
    key.length >= MinLength &&
    key.length <= MaxLength &&
    (AllowedValues?.includes(key) ?? true)
  );
}

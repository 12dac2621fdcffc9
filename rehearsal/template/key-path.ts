import { Refusal } from '../refusal';
import type { Resolver, Template } from './resolver';
import { idsOfType } from './resources';
import type { Container } from './task-definition';

/** How the Honeycomb key gets into the application's environment. */
export interface KeyPath {
  readonly variable: string;
  readonly parameterName: string;
  readonly parameterArn: string;
  /** Whether the template declares the SSM parameter, or an operator creates it. */
  readonly declared: boolean;
  /** Problems with how the template passes the value on. */
  readonly problems: readonly string[];
}

/** @param place region and account, in the form of an ARN */
export function readKeyPath(
  template: Template,
  resolver: Resolver,
  application: Container,
  key: string,
  place: string,
): KeyPath {
  const { variable, parameterName, parameterArn } = readSecret(application, place);
  const resources = resolver.resources();
  const parameters = idsOfType(resources, 'AWS::SSM::Parameter').map((id) => {
    const { Name, Value } = resources[id]?.Properties ?? {};
    return { name: String(Name), isLiteral: Value !== key };
  });
  const declaredNames = parameters.map(({ name }) => name);
  const declared = declaredNames.includes(parameterName);
  const others = Object.entries(resources).filter(([, { Type }]) => Type !== 'AWS::SSM::Parameter');
  const exposing = [...others, ...Object.entries(resolver.outputs())]
    .filter(([, item]) => JSON.stringify(item).includes(key))
    .map(([id]) => id);

  return {
    variable,
    parameterName,
    parameterArn,
    declared,
    problems: [
      ...(declaredNames.length > 0 && !declared
        ? [
            `the secret reads ${parameterName}, but the template declares ${declaredNames.join(', ')}`,
          ]
        : []),
      ...Object.entries(template.Parameters ?? {}).flatMap(([id, { Default, NoEcho }]) =>
        parameterProblem(id, takesKey(Default), NoEcho === true),
      ),
      ...exposing.map((id) => `${id} exposes the key`),
      ...parameters
        .filter(({ isLiteral }) => isLiteral)
        .map(({ name }) => `the value of ${name} is a literal in the template`),
    ],
  };
}

function readSecret({ Name, Secrets }: Container, place: string) {
  const [secret, ...others] = Secrets;
  if (!secret || others.length > 0) {
    throw new Refusal(
      `${Name} has ${Secrets.length} secrets; the rehearsal follows exactly one, the Honeycomb key`,
    );
  }
  const { Name: variable, ValueFrom } = secret;
  if (!ValueFrom.startsWith('arn:')) {
    const parameterArn = `arn:aws:ssm:${place}:parameter${ValueFrom}`;
    return { variable, parameterName: ValueFrom, parameterArn };
  }
  const [, parameterName] = /^arn:aws:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(ValueFrom) ?? [];
  if (parameterName === undefined) {
    throw new Refusal(
      `secret ${variable} comes from ${ValueFrom}; the rehearsal supports SSM parameters only`,
    );
  }
  return { variable, parameterName, parameterArn: ValueFrom };
}

function parameterProblem(id: string, isForKey: boolean, isHidden: boolean): string[] {
  if (isForKey && !isHidden) {
    return [`parameter ${id} carries the key and is not NoEcho`];
  }
  return !isForKey && isHidden ? [`parameter ${id} has a default, which the template shows`] : [];
}

/** Whether a parameter waits for the key: it has no default, or the one for "no key is stored". */
export function takesKey(parameterDefault: unknown): boolean {
  return parameterDefault === undefined || parameterDefault === 'not-stored';
}

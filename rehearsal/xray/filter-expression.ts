import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'peggy';
import { Refusal } from '../refusal';

/**
 * The properties of a trace that a filter expression can test.
 */
export interface FilterTrace {
  /** Names of all segments. */
  readonly services: readonly string[];
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly duration: number;
  readonly responseTime: number;
  readonly annotations: Readonly<Record<string, Scalar>>;
}

type Scalar = string | number | boolean;
type Predicate = (trace: FilterTrace) => boolean;

interface Comparison {
  readonly operator: string;
  readonly right: Scalar;
}

/** A parsed expression. */
type Term =
  | { readonly any: readonly Term[] }
  | { readonly all: readonly Term[] }
  | { readonly not: Term }
  | {
      readonly service: { readonly name?: string; readonly type?: string };
      readonly inner: Term | null;
    }
  | { readonly flag: keyof typeof FLAGS; readonly is: Comparison | null }
  | { readonly annotation: string; readonly is: Comparison | null }
  | { readonly value: keyof typeof VALUES; readonly is: Comparison };

const GRAMMAR = readFileSync(join(__dirname, 'filter-expression.peggy'), 'utf8');
const PARSER = generate(GRAMMAR);
const UNFOLLOWED = Symbol('only X-Ray can evaluate the expression');

/** What the SDK calls a service on ECS. */
const SERVICE_TYPE = 'AWS::ECS::Container';

const FLAGS = {
  ok: ({ status }: FilterTrace) => status < 400,
  error: ({ status }: FilterTrace) => status >= 400 && status < 500,
  throttle: ({ status }: FilterTrace) => status === 429,
  fault: ({ status }: FilterTrace) => status >= 500,
};

const VALUES = {
  'http.url': ({ url }: FilterTrace) => url,
  'http.method': ({ method }: FilterTrace) => method,
  'http.status': ({ status }: FilterTrace) => status,
  duration: ({ duration }: FilterTrace) => duration,
  responsetime: ({ responseTime }: FilterTrace) => responseTime,
};

const COMPARISONS: Readonly<Record<string, (left: Scalar, right: Scalar) => boolean>> = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  contains: (left, right) => String(left).includes(String(right)),
  beginswith: (left, right) => String(left).startsWith(String(right)),
  endswith: (left, right) => String(left).endsWith(String(right)),
};

/**
 * Parses a filter expression. An empty one selects every trace.
 *
 * @returns `undefined` for an expression that only X-Ray can evaluate
 * @throws Refusal for one that X-Ray cannot parse: it accepts a group with such a filter, and then puts no trace in it
 */
export function parseFilter(expression: string): Predicate | undefined {
  if (expression === '') {
    return () => true;
  }
  try {
    const term = PARSER.parse(expression, { unfollowed: UNFOLLOWED }) as Term;
    return (trace) => selects(term, trace);
  } catch (error) {
    if (error === UNFOLLOWED) {
      return undefined;
    }
    throw new Refusal(`filter expression ${expression}: ${(error as Error).message}`);
  }
}

function selects(term: Term, trace: FilterTrace): boolean {
  if ('any' in term) {
    return term.any.some((item) => selects(item, trace));
  }
  if ('all' in term) {
    return term.all.every((item) => selects(item, trace));
  }
  if ('not' in term) {
    return !selects(term.not, trace);
  }
  if ('service' in term) {
    const { name, type = SERVICE_TYPE } = term.service;
    return (
      (name === undefined || trace.services.includes(name)) &&
      type === SERVICE_TYPE &&
      (!term.inner || selects(term.inner, trace))
    );
  }
  const left =
    'flag' in term
      ? FLAGS[term.flag](trace)
      : 'value' in term
        ? VALUES[term.value](trace)
        : trace.annotations[term.annotation];
  const { operator, right } = term.is ?? { operator: '=', right: 'flag' in term ? true : left };
  return left !== undefined && right !== undefined && !!COMPARISONS[operator]?.(left, right);
}

import { Token, Tokenization } from 'aws-cdk-lib';
import { PropError } from '../../validation/prop-error';

/**
 * Comparisons that X-Ray has: all of them for numbers, the first two for strings and booleans.
 */
export type FilterOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

const NEGATED: Readonly<Record<FilterOperator, FilterOperator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

type Join = 'AND' | 'OR';

const OPPOSITE = { AND: 'OR', OR: 'AND', raw: 'raw' } as const;

/**
 * A part of a filter expression, with what is needed to negate it and to join it with others.
 */
export interface FilterTerm {
  readonly text: string;

  /**
   * The opposite, with every `!` at a keyword; `undefined` for what X-Ray itself must parse.
   */
  readonly negation?: string;

  /**
   * What joins the parts, so that they get parentheses where they need them; `undefined` for a single keyword.
   */
  readonly joinedBy?: Join | 'raw';

  readonly usesAnnotation: boolean;
}

export function keyword(text: string, usesAnnotation = false): FilterTerm {
  return { text, negation: `!${text}`, usesAnnotation };
}

export function comparison(
  name: string,
  operator: FilterOperator,
  value: string,
  usesAnnotation = false,
): FilterTerm {
  // to other languages than TypeScript, an operator is any string
  requireOperator(operator, Object.keys(NEGATED));
  return {
    text: `${name} ${operator} ${value}`,
    negation: `${name} ${NEGATED[operator]} ${value}`,
    usesAnnotation,
  };
}

/**
 * Refuses an operator that X-Ray has for numbers only.
 */
export function requireEquality(operator: string, value: unknown): void {
  requireOperator(operator, ['=', '!='], ` for the ${typeof value} ${JSON.stringify(value)}`);
}

function requireOperator(operator: string, operators: readonly string[], where = ''): void {
  if (!operators.includes(operator)) {
    throw new PropError('operator', `be one of ${operators.join(' ')}${where}`, operator);
  }
}

export function rawTerm(text: string): FilterTerm {
  return { text, joinedBy: 'raw', usesAnnotation: /\bannotation[.[]/.test(text) };
}

/**
 * The opposite, by De Morgan's laws; `undefined` if a part of it cannot be negated.
 */
export function negated(term: FilterTerm): FilterTerm | undefined {
  const { text, negation, joinedBy, usesAnnotation } = term;
  return negation === undefined
    ? undefined
    : {
        text: negation,
        negation: text,
        joinedBy: joinedBy && OPPOSITE[joinedBy],
        usesAnnotation,
      };
}

export function joined(operator: Join, terms: readonly FilterTerm[]): FilterTerm {
  const render = (texts: string[], by: Join) =>
    texts
      .map((text, i) => {
        const inner = terms[i]?.joinedBy;
        return inner === undefined || inner === operator ? text : `(${text})`;
      })
      .join(` ${by} `);
  const negations = terms.flatMap((term) => term.negation ?? []);
  return {
    text: render(
      terms.map((term) => term.text),
      operator,
    ),
    negation: negations.length === terms.length ? render(negations, OPPOSITE[operator]) : undefined,
    joinedBy: operator,
    usesAnnotation: terms.some((term) => term.usesAnnotation),
  };
}

/**
 * Writes a string as a filter expression does. X-Ray documents no escape inside one.
 */
export function quote(prop: string, value: string): string {
  if (/["\\\p{Cc}]/u.test(value)) {
    throw new PropError(
      prop,
      'not contain ", \\ or control characters, a filter cannot express them',
      JSON.stringify(value),
    );
  }
  return `"${value}"`;
}

/**
 * A number as a filter expression writes it, with up to 20 decimals: X-Ray documents no exponent.
 */
export function decimal(value: number): string {
  return Token.isUnresolved(value)
    ? Tokenization.stringifyNumber(value)
    : value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });
}

import { Token } from 'aws-cdk-lib';
import { requireNumber } from '../../validation/prop-checks';
import { PropError } from '../../validation/prop-error';
import {
  comparison,
  decimal,
  type FilterOperator,
  type FilterTerm,
  joined,
  keyword,
  negated,
  quote,
  rawTerm,
  requireEquality,
} from './filter-syntax';
import { requireReadable } from './raw-filter';

/**
 * Selects the traces of an X-Ray group or of a search.
 *
 * X-Ray accepts a group with a broken filter and then puts no trace in it, so an expression is built from parts that
 * cannot be wrong. Only the syntax that X-Ray documents is used: `negate()` pushes the negation down to the keywords.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 *
 * @example
 * FilterExpression.allOf(FilterExpression.service('checkout'), FilterExpression.duration('>', 2));
 */
export class FilterExpression {
  /**
   * Traces that reach a service of exactly this name, anywhere in the trace.
   *
   * @param name 1 to 200 characters, as the service reports it in its segments; no wildcards
   * @param filter what must hold for the segments of that service; annotations are not possible here
   */
  public static service(name: string, filter?: FilterExpression): FilterExpression {
    if (!Token.isUnresolved(name) && (name.length < 1 || name.length > 200 || /[*?]/.test(name))) {
      throw new PropError(
        'name',
        'be the exact name of one service, 1 to 200 characters and no wildcard',
        JSON.stringify(name),
      );
    }
    if (filter?.term.usesAnnotation) {
      throw new PropError(
        'filter',
        'not use annotations, X-Ray has none inside service(), use allOf() instead',
        filter,
      );
    }
    const inner = filter ? ` { ${filter.toString()} }` : '';
    return new FilterExpression(keyword(`service(${quote('name', name)})${inner}`));
  }

  /**
   * The response was 5xx.
   */
  public static fault(): FilterExpression {
    return new FilterExpression(keyword('fault'));
  }

  /**
   * The response was 4xx.
   */
  public static error(): FilterExpression {
    return new FilterExpression(keyword('error'));
  }

  /**
   * The response was 429.
   */
  public static throttle(): FilterExpression {
    return new FilterExpression(keyword('throttle'));
  }

  /**
   * The service is the entry point of the trace; meant for the filter of `service()`.
   */
  public static root(): FilterExpression {
    return new FilterExpression(keyword('root'));
  }

  /**
   * Compares the status code of the response.
   *
   * @param status whole, 100 to 599
   */
  public static httpStatus(operator: FilterOperator, status: number): FilterExpression {
    requireNumber('status', status, { min: 100, max: 599, whole: true });
    return FilterExpression.number('http.status', operator, status);
  }

  /**
   * Compares the time that the server took to respond.
   *
   * @param seconds 0 or more
   */
  public static responseTime(operator: FilterOperator, seconds: number): FilterExpression {
    requireNumber('seconds', seconds, { min: 0 });
    return FilterExpression.number('responsetime', operator, seconds);
  }

  /**
   * Compares the duration of the whole request, downstream calls included.
   *
   * @param seconds 0 or more
   */
  public static duration(operator: FilterOperator, seconds: number): FilterExpression {
    requireNumber('seconds', seconds, { min: 0 });
    return FilterExpression.number('duration', operator, seconds);
  }

  /**
   * Traces that have the annotation, whatever its value.
   *
   * @param key letters, digits and `_`: X-Ray indexes no other characters
   */
  public static hasAnnotation(key: string): FilterExpression {
    return new FilterExpression(keyword(annotationName(key), true));
  }

  /**
   * Compares an annotation with a value.
   *
   * @param key letters, digits and `_`: X-Ray indexes no other characters
   * @param operator only `=` and `!=` for a string or a boolean
   */
  public static annotation(
    key: string,
    operator: FilterOperator,
    value: string | number | boolean,
  ): FilterExpression {
    const name = annotationName(key);
    if (typeof value === 'number') {
      requireNumber('value', value, {});
      return FilterExpression.number(name, operator, value, true);
    }
    requireEquality(operator, value);
    const text = typeof value === 'string' ? quote('value', value) : String(value);
    return new FilterExpression(comparison(name, operator, text, true));
  }

  /**
   * Traces that match every one of the expressions, at least one.
   */
  public static allOf(...expressions: FilterExpression[]): FilterExpression {
    return FilterExpression.join('AND', expressions);
  }

  /**
   * Traces that match one of the expressions, at least one.
   */
  public static anyOf(...expressions: FilterExpression[]): FilterExpression {
    return FilterExpression.join('OR', expressions);
  }

  /**
   * An expression in X-Ray's own words, for what the methods here do not offer. Its keywords are not checked.
   *
   * @throws for what X-Ray cannot read: nothing at all, quotation marks or brackets that do not close, operators of other
   * languages, and operators that lack a part
   */
  public static raw(expression: string): FilterExpression {
    if (!Token.isUnresolved(expression)) {
      requireReadable(expression);
    }
    return new FilterExpression(rawTerm(expression));
  }

  private static number(
    name: string,
    operator: FilterOperator,
    value: number,
    usesAnnotation?: boolean,
  ): FilterExpression {
    const text = decimal(value);
    return new FilterExpression(comparison(name, operator, text, usesAnnotation));
  }

  private static join(operator: 'AND' | 'OR', expressions: FilterExpression[]): FilterExpression {
    if (expressions.length === 0) {
      throw new PropError('expressions', 'have at least one expression', 'none');
    }
    return new FilterExpression(
      joined(
        operator,
        expressions.map(({ term }) => term),
      ),
    );
  }

  private constructor(private readonly term: FilterTerm) {}

  /**
   * Traces that do not match this. A raw expression cannot be negated: write the negation inside it.
   */
  public negate(): FilterExpression {
    const opposite = negated(this.term);
    if (!opposite) {
      throw new Error(
        `\`negate\` cannot negate a raw expression, write the negation inside it, got: ${this.term.text}`,
      );
    }
    return new FilterExpression(opposite);
  }

  /**
   * The expression as X-Ray reads it.
   */
  public toString(): string {
    return this.term.text;
  }
}

function annotationName(key: string): string {
  if (!/^[A-Za-z0-9_]+$/.test(key)) {
    throw new PropError('key', 'have letters, digits and _ only', JSON.stringify(key));
  }
  return `annotation.${key}`;
}

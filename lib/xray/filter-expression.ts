import { Token } from 'aws-cdk-lib';
import { decimal, quote, requireReadable } from './filter-syntax';
import { requireNumber } from '../validation/prop-checks';

/**
 * Comparisons that X-Ray has for booleans and strings.
 */
export type EqualityOperator = '=' | '!=';

/**
 * Comparisons that X-Ray has for numbers.
 */
export type NumberOperator = EqualityOperator | '<' | '<=' | '>' | '>=';

type Join = 'AND' | 'OR';

const OPPOSITE = { AND: 'OR', OR: 'AND', raw: 'raw' } as const;

const NEGATED: Readonly<Record<NumberOperator, NumberOperator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
};

/**
 * Which traces an X-Ray group, or a search, selects.
 *
 * X-Ray accepts a group with a broken filter and then puts no trace in it, so an expression is built from parts that
 * cannot be wrong. Only the syntax that X-Ray documents is used: `not()` is pushed down to the keywords.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 *
 * @example
 * FilterExpression.service('backend-flask').and(FilterExpression.duration('>', 2));
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
      throw new Error(
        `\`name\` must be the exact name of one service, 1 to 200 characters and no wildcard, got: ${JSON.stringify(name)}`,
      );
    }
    if (filter?.usesAnnotation) {
      throw new Error(
        `\`filter\` must not use annotations, X-Ray has none inside service(), use and() instead, got: ${filter.text}`,
      );
    }
    return FilterExpression.keyword(
      `service(${quote('name', name)})${filter ? ` { ${filter.text} }` : ''}`,
    );
  }

  /**
   * The response was 5xx.
   */
  public static fault(): FilterExpression {
    return FilterExpression.keyword('fault');
  }

  /**
   * The response was 4xx.
   */
  public static error(): FilterExpression {
    return FilterExpression.keyword('error');
  }

  /**
   * The response was 429.
   */
  public static throttle(): FilterExpression {
    return FilterExpression.keyword('throttle');
  }

  /**
   * The service is the entry point of the trace; meant for the filter of `service()`.
   */
  public static root(): FilterExpression {
    return FilterExpression.keyword('root');
  }

  /**
   * Compares the status code of the response.
   *
   * @param status whole, 100 to 599
   */
  public static httpStatus(operator: NumberOperator, status: number): FilterExpression {
    requireNumber('status', status, { min: 100, max: 599, whole: true });
    return FilterExpression.comparison('http.status', operator, decimal(status));
  }

  /**
   * Compares the time that the server took to respond.
   *
   * @param seconds 0 or more
   */
  public static responseTime(operator: NumberOperator, seconds: number): FilterExpression {
    requireNumber('seconds', seconds, { min: 0 });
    return FilterExpression.comparison('responsetime', operator, decimal(seconds));
  }

  /**
   * Compares the duration of the whole request, downstream calls included.
   *
   * @param seconds 0 or more
   */
  public static duration(operator: NumberOperator, seconds: number): FilterExpression {
    requireNumber('seconds', seconds, { min: 0 });
    return FilterExpression.comparison('duration', operator, decimal(seconds));
  }

  /**
   * Traces that have the annotation, whatever its value.
   *
   * @param key letters, digits and `_`: X-Ray indexes no other characters
   */
  public static annotation(key: string): FilterExpression;

  /**
   * Compares an annotation with a string or a boolean.
   */
  public static annotation(
    key: string,
    operator: EqualityOperator,
    value: string | boolean,
  ): FilterExpression;

  /**
   * Compares an annotation with a number.
   */
  public static annotation(key: string, operator: NumberOperator, value: number): FilterExpression;

  public static annotation(
    key: string,
    operator?: NumberOperator,
    value?: string | number | boolean,
  ): FilterExpression {
    if (!/^[A-Za-z0-9_]+$/.test(key)) {
      throw new Error(`\`key\` must have letters, digits and _ only, got: ${JSON.stringify(key)}`);
    }
    const name = `annotation.${key}`;
    if (operator === undefined || value === undefined) {
      return FilterExpression.keyword(name, true);
    }
    switch (typeof value) {
      case 'string':
        return FilterExpression.comparison(name, operator, quote('value', value), true);
      case 'number':
        requireNumber('value', value, {});
        return FilterExpression.comparison(name, operator, decimal(value), true);
      case 'boolean':
        return FilterExpression.comparison(name, operator, String(value), true);
    }
  }

  /**
   * An expression in X-Ray's own words, for what the methods here do not offer.
   *
   * Keywords are not checked.
   *
   * @throws for what X-Ray cannot read: nothing at all, quotation marks or brackets that do not close, operators of other
   * languages, and operators that lack a part
   */
  public static raw(expression: string): FilterExpression {
    if (!Token.isUnresolved(expression)) {
      requireReadable(expression);
    }
    const usesAnnotation = /\bannotation[.[]/.test(expression);
    return new FilterExpression(expression, undefined, 'raw', usesAnnotation);
  }

  private static keyword(text: string, usesAnnotation = false): FilterExpression {
    return new FilterExpression(text, `!${text}`, undefined, usesAnnotation);
  }

  private static comparison(
    keyword: string,
    operator: NumberOperator,
    value: string,
    usesAnnotation = false,
  ): FilterExpression {
    return new FilterExpression(
      `${keyword} ${operator} ${value}`,
      `${keyword} ${NEGATED[operator]} ${value}`,
      undefined,
      usesAnnotation,
    );
  }

  private constructor(
    private readonly text: string,
    /** The opposite, with every `!` at a keyword; unknown for a raw expression. */
    private readonly negation: string | undefined,
    /** What holds the parts together, so that they get parentheses where they must. */
    private readonly joinedBy: Join | 'raw' | undefined,
    private readonly usesAnnotation: boolean,
  ) {}

  /**
   * Traces that match this and all the others.
   */
  public and(...others: FilterExpression[]): FilterExpression {
    return this.join('AND', others);
  }

  /**
   * Traces that match this or one of the others.
   */
  public or(...others: FilterExpression[]): FilterExpression {
    return this.join('OR', others);
  }

  /**
   * Traces that do not match this. A raw expression cannot be negated: write the negation inside it.
   */
  public not(): FilterExpression {
    if (this.negation === undefined) {
      throw new Error(
        `\`not\` cannot negate a raw expression, write the negation inside it, got: ${this.text}`,
      );
    }
    const joinedBy = this.joinedBy && OPPOSITE[this.joinedBy];
    return new FilterExpression(this.negation, this.text, joinedBy, this.usesAnnotation);
  }

  /**
   * The expression as X-Ray reads it.
   */
  public toString(): string {
    return this.text;
  }

  private join(operator: Join, others: FilterExpression[]): FilterExpression {
    const parts = [this, ...others];
    const render = (texts: string[], by: Join) =>
      texts
        .map((text, i) => {
          const inner = parts[i]?.joinedBy;
          return inner === undefined || inner === operator ? text : `(${text})`;
        })
        .join(` ${by} `);
    const negations = parts.flatMap((part) => part.negation ?? []);
    return new FilterExpression(
      render(
        parts.map((part) => part.text),
        operator,
      ),
      negations.length === parts.length ? render(negations, OPPOSITE[operator]) : undefined,
      operator,
      parts.some((part) => part.usesAnnotation),
    );
  }
}

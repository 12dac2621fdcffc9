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
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
}

/** The type that X-Ray gives a service on ECS. */
const ECS = 'AWS::ECS::Container';

type Predicate = (trace: FilterTrace) => boolean;

const TOKEN = /\s*(?:("[^"]*")|(>=|<=|!=|[(){}[\]=<>!:,])|([\w.]+))/y;

/** Keywords of X-Ray that ask for what the rehearsal does not follow. */
const UNFOLLOWED =
  /^(edge|json|rootcause\..+|group\..+|user|name|type|message|availabilityzone|version|http\.(useragent|clientip)|(instance|account)\.id|resource\.arn|partial|inferred|first|last|remote|root|coldstart|index)$/;

/** Thrown for an expression that only X-Ray can evaluate. */
class Unfollowed extends Error {}

const FLAGS: Readonly<Record<string, Predicate>> = {
  ok: ({ status }) => status < 400,
  error: ({ status }) => status >= 400 && status < 500,
  throttle: ({ status }) => status === 429,
  fault: ({ status }) => status >= 500,
};

const VALUES: Readonly<Record<string, (trace: FilterTrace) => string | number>> = {
  'http.url': ({ url }) => url,
  'http.method': ({ method }) => method,
  'http.status': ({ status }) => status,
  duration: ({ duration }) => duration,
  responsetime: ({ responseTime }) => responseTime,
};

/**
 * Parses a filter expression. An empty one selects every trace.
 *
 * @returns `undefined` for an expression that only X-Ray can evaluate
 * @throws Refusal for one that X-Ray cannot parse: it accepts a group with such a filter, and then puts no trace in it
 */
export function parseFilter(expression: string): Predicate | undefined {
  try {
    return expression === '' ? () => true : new FilterParser(expression).parse();
  } catch (error) {
    if (error instanceof Unfollowed) {
      return undefined;
    }
    throw error;
  }
}

class FilterParser {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(private readonly expression: string) {
    this.tokens = this.tokenize();
  }

  public parse(): Predicate {
    const predicate = this.or();
    if (this.at < this.tokens.length) {
      throw this.refusal(`unexpected "${this.tokens[this.at] ?? ''}"`);
    }
    return predicate;
  }

  private tokenize(): string[] {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < this.expression.trimEnd().length) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(this.expression);
      if (!match) {
        throw this.refusal(`cannot be parsed from "${this.expression.slice(from)}"`);
      }
      tokens.push(match[0].trim());
    }
    return tokens;
  }

  private or(): Predicate {
    const terms = [this.and()];
    while (this.take('or')) {
      terms.push(this.and());
    }
    return (trace) => terms.some((term) => term(trace));
  }

  private and(): Predicate {
    const terms = [this.not()];
    while (this.take('and')) {
      terms.push(this.not());
    }
    return (trace) => terms.every((term) => term(trace));
  }

  private not(): Predicate {
    if (this.take('!')) {
      const term = this.not();
      return (trace) => !term(trace);
    }
    return this.term();
  }

  private term(): Predicate {
    if (this.take('(')) {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    const word = this.next('a keyword');
    if (word === 'service') {
      this.expect('(');
      const name = this.take('id') ? this.nameOfId() : this.text();
      this.expect(')');
      const inner = this.take('{') ? this.or() : undefined;
      if (inner) {
        this.expect('}');
      }
      return (trace) => trace.services.includes(name) && (inner?.(trace) ?? true);
    }
    if (word === 'annotation') {
      this.expect('[');
      const key = this.text();
      this.expect(']');
      return this.comparison(({ annotations }) => annotations[key]);
    }
    if (word.startsWith('annotation.')) {
      return this.comparison(({ annotations }) => annotations[word.slice('annotation.'.length)]);
    }
    const flag = FLAGS[word];
    if (flag) {
      return flag;
    }
    const value = VALUES[word];
    if (value) {
      return this.comparison(value);
    }
    if (UNFOLLOWED.test(word)) {
      throw new Unfollowed();
    }
    throw this.refusal(`X-Ray has no keyword "${word}"`);
  }

  /** Parses `(name: "a", type: "b")`. The segments of a service on ECS have one type. */
  private nameOfId(): string {
    this.expect('(');
    const values: Record<string, string> = {};
    do {
      const key = this.next('name or type');
      this.expect(':');
      values[key] = this.text();
    } while (this.take(','));
    this.expect(')');
    const { name, type = ECS, ...others } = values;
    if (name === undefined || type !== ECS || Object.keys(others).length > 0) {
      throw this.refusal(`id() must have a name, and the type ${ECS} if any, and nothing else`);
    }
    return name;
  }

  private comparison(value: (trace: FilterTrace) => string | number | boolean | undefined) {
    const operator = this.tokens[this.at];
    const compare = operator === undefined ? undefined : COMPARISONS[operator.toLowerCase()];
    if (!compare) {
      return (trace: FilterTrace) => value(trace) !== undefined;
    }
    this.at++;
    const token = this.next('a value');
    const right = token.startsWith('"') ? token.slice(1, -1) : literal(token);
    return (trace: FilterTrace) => {
      const left = value(trace);
      return left !== undefined && compare(left, right);
    };
  }

  private text(): string {
    const token = this.next('a string in double quotes');
    if (!token.startsWith('"')) {
      throw this.refusal(`expected a string in double quotes, got: ${token}`);
    }
    return token.slice(1, -1);
  }

  private take(token: string): boolean {
    const found = this.tokens[this.at]?.toLowerCase() === token;
    this.at += found ? 1 : 0;
    return found;
  }

  private expect(token: string): void {
    const got = this.next(`"${token}"`);
    if (got !== token) {
      throw this.refusal(`expected "${token}", got: ${got}`);
    }
  }

  private next(what: string): string {
    const token = this.tokens[this.at++];
    if (token === undefined) {
      throw this.refusal(`ends where ${what} was expected`);
    }
    return token;
  }

  private refusal(reason: string): Refusal {
    return new Refusal(`filter expression ${this.expression}: ${reason}`);
  }
}

function literal(token: string): string | number | boolean {
  return token === 'true' || token === 'false' ? token === 'true' : Number(token);
}

type Scalar = string | number | boolean;

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

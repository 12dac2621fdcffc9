/**
 * A value for each period; `undefined` where there is no data.
 */
export type Column = readonly (number | undefined)[];

type Row = (id: string) => number | undefined;
type Expression = (row: Row) => number | undefined;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([<>=!]=|&&|\|\||[-+*/<>(),]))/y;

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  OR: (a, b) => Number(a !== 0 || b !== 0),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
/** Those that bind least come first. */
const PRECEDENCE = [
  ['OR', '||'],
  ['AND', '&&'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];

/**
 * Evaluates an expression of CloudWatch's metric math, as far as alarms and dashboards here use it: arithmetic, comparisons,
 * AND, OR, IF, FILL with a number, RUNNING_SUM. What is computed from missing data is missing.
 *
 * @throws for what it does not know, such as a misspelt function, which no validator of templates finds
 */
export function evaluateMath(
  expression: string,
  columns: Readonly<Record<string, Column>>,
): Column {
  const evaluate = parse(expression, new Set(Object.keys(columns)));
  const length = Math.max(0, ...Object.values(columns).map((column) => column.length));
  return Array.from({ length }, (_, period) => {
    const value = evaluate((id) => columns[id]?.[period]);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  });
}

function parse(expression: string, ids: ReadonlySet<string>): Expression {
  const tokens = tokenize(expression);
  let position = 0;
  const take = (...expected: string[]) => {
    const token = tokens[position];
    if (token === undefined || (expected.length > 0 && !expected.includes(token))) {
      throw new Error(
        `\`${expression}\` has ${token ?? 'its end'} where ${expected.join(' or ') || 'a value'} must be`,
      );
    }
    position += 1;
    return token;
  };
  const binary = (level: number): Expression => {
    const operators = PRECEDENCE[level];
    if (!operators) {
      return operand();
    }
    let left = binary(level + 1);
    while (operators.includes(tokens[position] ?? '')) {
      left = combine(take(), left, binary(level + 1));
    }
    return left;
  };
  const operand = (): Expression => {
    const token = take();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) {
      return () => Number(token);
    }
    if (tokens[position] === '(') {
      return call(token);
    }
    if (!ids.has(token)) {
      throw new Error(`\`${expression}\` uses ${token}, which is no metric of it`);
    }
    return (row) => row(token);
  };
  const call = (name: string): Expression => {
    const args: Expression[] = [];
    do {
      take('(', ',');
      args.push(binary(0));
    } while (tokens[position] === ',');
    take(')');
    const [first, second, third] = args;
    if (name === 'IF' && first && second && third) {
      return (row) => {
        const condition = first(row);
        return condition === undefined ? undefined : (condition === 0 ? third : second)(row);
      };
    }
    if (name === 'FILL' && first && second && !third) {
      return (row) => first(row) ?? second(row);
    }
    if (name === 'RUNNING_SUM' && first && !second) {
      let sum = 0;
      return (row) => (sum += first(row) ?? 0);
    }
    throw new Error(
      `\`${expression}\` calls ${name} with ${args.length} arguments, which the rehearsal does not know`,
    );
  };
  const whole = binary(0);
  if (position < tokens.length) {
    throw new Error(`\`${expression}\` must end before ${tokens[position] ?? ''}`);
  }
  return whole;
}

function combine(operator: string, left: Expression, right: Expression): Expression {
  const apply = OPERATORS[{ '&&': 'AND', '||': 'OR' }[operator] ?? operator];
  return (row) => {
    const [a, b] = [left(row), right(row)];
    return a === undefined || b === undefined ? undefined : apply?.(a, b);
  };
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(expression);
    if (!match) {
      throw new Error(`\`${expression}\` cannot be read from here: ${expression.slice(at)}`);
    }
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

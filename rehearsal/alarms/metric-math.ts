import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'peggy';

/**
 * A value for each period; `undefined` where there is no data.
 */
export type Column = readonly (number | undefined)[];

/** A parsed expression, in which operators are calls too. */
type Term =
  | { readonly number: number }
  | { readonly id: string }
  | { readonly call: string; readonly args: readonly Term[] };

const PARSER = generate(readFileSync(join(__dirname, 'metric-math.peggy'), 'utf8'));

/** By name and number of arguments. */
const FUNCTIONS: Readonly<Record<string, (...columns: Column[]) => Column>> = {
  'OR 2': eachOf((a, b) => Number(a !== 0 || b !== 0)),
  'AND 2': eachOf((a, b) => Number(a !== 0 && b !== 0)),
  '< 2': eachOf((a, b) => Number(a < b)),
  '<= 2': eachOf((a, b) => Number(a <= b)),
  '> 2': eachOf((a, b) => Number(a > b)),
  '>= 2': eachOf((a, b) => Number(a >= b)),
  '== 2': eachOf((a, b) => Number(a === b)),
  '!= 2': eachOf((a, b) => Number(a !== b)),
  '+ 2': eachOf((a, b) => a + b),
  '- 2': eachOf((a, b) => a - b),
  '* 2': eachOf((a, b) => a * b),
  '/ 2': eachOf((a, b) => a / b),
  'IF 3': (is = [], yes = [], no = []) =>
    is.map((value, period) => (value === undefined ? value : (value === 0 ? no : yes)[period])),
  'FILL 2': (column = [], other = []) => column.map((value, period) => value ?? other[period]),
  'RUNNING_SUM 1': (column = []) => {
    let sum = 0;
    return column.map((value) => (sum += value ?? 0));
  },
};

function eachOf(apply: (a: number, b: number) => number) {
  return (left: Column = [], right: Column = []): Column =>
    left.map((a, period) => {
      const b = right[period];
      return a === undefined || b === undefined ? undefined : apply(a, b);
    });
}

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
  const length = Math.max(0, ...Object.values(columns).map((column) => column.length));
  const refuse = (reason: string): never => {
    throw new Error(`\`${expression}\`: ${reason}`);
  };
  const evaluate = (term: Term): Column => {
    if ('number' in term) {
      return Array<number>(length).fill(term.number);
    }
    if ('id' in term) {
      return columns[term.id] ?? refuse(`${term.id} is not one of its metrics`);
    }
    const name = `${term.call} ${term.args.length}`;
    const call = FUNCTIONS[name] ?? refuse(`the rehearsal knows no function ${name}`);
    return call(...term.args.map(evaluate));
  };
  return evaluate(PARSER.parse(expression) as Term).map((value) =>
    Number.isFinite(value) ? value : undefined,
  );
}

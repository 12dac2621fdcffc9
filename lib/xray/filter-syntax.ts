import { Token, Tokenization } from 'aws-cdk-lib';

/**
 * A text as a filter expression writes it. X-Ray documents no escape inside one.
 */
export function quote(prop: string, value: string): string {
  if (/["\\\p{Cc}]/u.test(value)) {
    throw new Error(
      `\`${prop}\` must not contain ", \\ or control characters, a filter cannot express them, got: ${JSON.stringify(value)}`,
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

/**
 * Refuses what X-Ray cannot read: nothing at all, quotation marks or brackets that do not close, operators of other
 * languages, and operators that lack a part.
 */
export function requireReadable(expression: string): void {
  const refuse = (rule: string): never => {
    throw new Error(`\`expression\` ${rule}, got: ${JSON.stringify(expression)}`);
  };
  const outsideStrings = expression.replace(/"[^"]*"/g, ' text ');
  if (expression.trim() === '') {
    refuse('must not be empty');
  }
  if (outsideStrings.includes('"')) {
    refuse('must close every quotation mark');
  }
  if (/['‘’“”]/.test(outsideStrings)) {
    refuse('must quote strings with "');
  }
  const foreign = /==|&&|\|\||<>|=~/.exec(outsideStrings)?.[0];
  if (foreign) {
    refuse(
      `must not use ${foreign}, X-Ray has = != < <= > >= CONTAINS BEGINSWITH ENDSWITH AND OR !`,
    );
  }
  let brackets = outsideStrings.replace(/[^(){}[\]]/g, '');
  while (/\(\)|\{\}|\[\]/.test(brackets)) {
    brackets = brackets.replace(/\(\)|\{\}|\[\]/g, '');
  }
  if (brackets) {
    refuse('must close every bracket');
  }
  const incomplete = incompleteToken(outsideStrings);
  if (incomplete) {
    refuse(`must have what belongs to ${incomplete}`);
  }
}

const BINARY = /^(AND|OR|CONTAINS|BEGINSWITH|ENDSWITH|[!<>]?=|[<>,])$/i;

/** The first operator without its operands, or bracket with nothing in it; `service()` is a call. */
function incompleteToken(outsideStrings: string): string | undefined {
  const tokens = outsideStrings.match(/[!<>]=|[=<>!,(){}[\]]|[^\s=<>!,(){}[\]]+/g) ?? [];
  const isOperand = (token = ',') => !BINARY.test(token) && !/^[!(){}[\]]$/.test(token);
  const starts = (token?: string) => isOperand(token) || /^[!({[]$/.test(token ?? '');
  const ends = (token?: string) => isOperand(token) || /^[)}\]]$/.test(token ?? '');
  return tokens.find((token, i) => {
    const [before, after] = [tokens[i - 1], tokens[i + 1]];
    if (token === '!' || token === '{' || (token === '(' && !isOperand(before))) {
      return !starts(after);
    }
    return BINARY.test(token) && !(ends(before) && starts(after));
  });
}

import { PropError } from '../../validation/prop-error';

/**
 * Refuses what X-Ray cannot read: nothing at all, quotation marks or brackets that do not close, operators of other
 * languages, and operators that lack a part.
 */
export function requireReadable(expression: string): void {
  const refuse = (rule: string): never => {
    throw new PropError('expression', rule, JSON.stringify(expression));
  };
  const outsideStrings = expression.replace(/"[^"]*"/g, ' text ');
  if (expression.trim() === '') {
    refuse('not be empty');
  }
  if (outsideStrings.includes('"')) {
    refuse('close every quotation mark');
  }
  if (/['‘’“”]/.test(outsideStrings)) {
    refuse('quote strings with "');
  }
  const foreign = /==|&&|\|\||<>|=~/.exec(outsideStrings)?.[0];
  if (foreign) {
    refuse(`not use ${foreign}, X-Ray has = != < <= > >= CONTAINS BEGINSWITH ENDSWITH AND OR !`);
  }
  let brackets = outsideStrings.replace(/[^(){}[\]]/g, '');
  while (/\(\)|\{\}|\[\]/.test(brackets)) {
    brackets = brackets.replace(/\(\)|\{\}|\[\]/g, '');
  }
  if (brackets) {
    refuse('close every bracket');
  }
  const incomplete = incompleteToken(outsideStrings);
  if (incomplete) {
    refuse(`have what belongs to ${incomplete}`);
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

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
 * Refuses what X-Ray cannot read: nothing at all, quotation marks or brackets that do not close, operators of other
 * languages.
 */
export function requireReadable(expression: string): void {
  const refuse = (rule: string): never => {
    throw new Error(`\`expression\` ${rule}, got: ${JSON.stringify(expression)}`);
  };
  const outsideStrings = expression.replace(/"[^"]*"/g, '');
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
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Returns a number with its noun, such as "1 call" or "2,300 calls". */
export function quantity(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function percent(share: number): string {
  return `${number(share * 100, 2)}%`;
}

/** Returns the items with commas, or `none`. */
export function list(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.join(', ');
}

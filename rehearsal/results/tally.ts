import { number } from './prose';

/** A number of items, and a description of each one that is wrong. */
export interface Tally {
  readonly total: number;
  readonly wrong: readonly string[];
}

export function tally<T>(
  items: readonly T[],
  isRight: (item: T) => boolean,
  describe: (item: T) => string = String,
): Tally {
  return { total: items.length, wrong: items.filter((item) => !isRight(item)).map(describe) };
}

export function noneWrong({ wrong }: Tally): boolean {
  return wrong.length === 0;
}

/** Like `noneWrong`, but there must be at least one item. */
export function allRight({ total, wrong }: Tally): boolean {
  return total > 0 && wrong.length === 0;
}

/** Returns a sentence such as "7 of 8 batches were accepted; the first exception: 404". */
export function outOf({ total, wrong }: Tally, predicate: string): string {
  const [first] = wrong;
  return (
    `${number(total - wrong.length)} of ${number(total)} ${predicate}` +
    (first === undefined ? '' : `; the first exception: ${first}`)
  );
}

import { type PriceName, PRICES } from './prices';
import type { Usage } from './standing';

/**
 * A line of a bill: the cost of a month's use of something.
 */
export interface BillLine extends Usage {
  /** USD at list price. */
  readonly list: number;
  /** USD without the units that are free each month. */
  readonly withFreeUnits: number;
}

/**
 * A bill for a month.
 */
export interface Bill {
  readonly lines: readonly BillLine[];
  /** USD at list prices. */
  readonly list: number;
  /** USD without the units that are free each month. */
  readonly withFreeUnits: number;
}

/**
 * Returns the bill for usages. Usages of the same name and price are one line; the free units of a price are deducted from its
 * first lines.
 */
export function bill(usages: readonly Usage[]): Bill {
  const freeLeft = new Map<PriceName, number>();
  const lines = merged(usages).map((usage): BillLine => {
    const price = PRICES[usage.price];
    const free = freeLeft.get(usage.price) ?? ('freeUnits' in price ? price.freeUnits : 0);
    freeLeft.set(usage.price, Math.max(0, free - usage.units));
    return {
      ...usage,
      list: usage.units * price.usd,
      withFreeUnits: Math.max(0, usage.units - free) * price.usd,
    };
  });
  const sum = (key: 'list' | 'withFreeUnits') =>
    lines.reduce((total, line) => total + line[key], 0);
  return { lines, list: sum('list'), withFreeUnits: sum('withFreeUnits') };
}

function merged(usages: readonly Usage[]): readonly Usage[] {
  const byName = new Map<string, Usage>();
  for (const usage of usages) {
    const name = `${usage.what} ${usage.price}`;
    const units = (byName.get(name)?.units ?? 0) + usage.units;
    byName.set(name, { ...usage, units });
  }
  return [...byName.values()];
}

import type { Bill, BillLine } from './bill';
import { honeycombEvents, honeycombPlan, type Load } from './traffic/load';
import { HOURS_A_MONTH, PRICES, PRICES_CHECKED, PRICES_REGION } from './prices';
import type { QuotaUse } from './traffic/quotas';
import type { Shared } from './traffic/reservoir';
import type { Saving } from './savings';
import type { Standing } from './standing';

/**
 * Returns what the figures are, and what they leave out.
 */
export function heading(): string {
  return `USD for a month of ${HOURS_A_MONTH} hours, list prices of ${PRICES_REGION} as of ${PRICES_CHECKED}. Not included: data transfer, image storage, taxes.`;
}

/**
 * Returns a bill as a Markdown table.
 */
export function billTable({ lines, list, withFreeUnits }: Bill): string {
  const rows = lines.map((line) => [
    line.what,
    units(line),
    usd(line.list),
    usd(line.withFreeUnits),
  ]);
  return table(
    ['what', 'units x price', 'USD', 'with free units'],
    [...rows, ['**total**', '', `**${usd(list)}**`, `**${usd(withFreeUnits)}**`]],
  );
}

/**
 * Returns the resource types that have no line in the bill.
 */
export function otherTypes({ free, unpriced }: Standing): string {
  return [
    `Free: ${free.join(', ')}.`,
    `No price known, not in the total: ${unpriced.join(', ') || 'none'}.`,
  ].join('\n');
}

/**
 * Returns the events that Honeycomb counts, and the smallest plan that covers them.
 */
export function honeycombLine(load: Load): string {
  const events = honeycombEvents(load);
  const plan = honeycombPlan(events);
  const price = plan.usd === undefined ? 'price on request' : `${usd(plan.usd)} USD a month`;
  return `Honeycomb: ${count(events)} events a month, ${load.spansPerRequest} for each request: plan ${plan.name}, ${price} (https://www.honeycomb.io/pricing).`;
}

/**
 * Returns how tasks share a reservoir, as a table.
 */
export function sharedTable(shares: readonly Shared[]): string {
  return table(
    ['tasks', 'traces a second, the first 10 s', 'then', 'tasks with a reservoir quota'],
    shares.map(({ tasks, atFirst, afterwards, tasksWithQuota }) => [
      count(tasks),
      rate(atFirst),
      rate(afterwards),
      count(tasksWithQuota),
    ]),
  );
}

/**
 * Returns what settings would save, as a table.
 */
export function savingsTable(savings: readonly Saving[]): string {
  return table(
    ['setting', 'USD less a month'],
    savings.map((saving) => [`\`-c ${saving.setting}\``, usd(saving.usd)]),
  );
}

/**
 * Returns the quotas as a table, and the one that is reached first.
 */
export function quotaTable(uses: readonly QuotaUse[]): string {
  const rows = uses.map(({ what, used, allowed, metAt, setting }) => [
    what,
    rate(used),
    allowed === undefined ? 'not published' : rate(allowed),
    metAt === undefined ? '' : count(metAt),
    setting,
  ]);
  const [first] = uses;
  return [
    table(['quota', 'used', 'allowed', 'reached at requests a second', 'changed by'], rows),
    first?.metAt === undefined
      ? ''
      : `\nReached first: ${first.what}, at ${count(first.metAt)} requests a second; changed by ${first.setting}.`,
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function units(line: BillLine): string {
  const price = PRICES[line.price];
  return `${price.unit}: ${count(line.units)} x ${price.usd.toLocaleString('en-US', { maximumSignificantDigits: 6 })}`;
}

function usd(amount: number): string {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 1000 ? 1 : 0 });
}

function rate(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

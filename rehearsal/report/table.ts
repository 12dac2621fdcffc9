import { type Result, type Row, totals } from '../results/result';
import { groupBy } from '../run/run-index';

export const LABELS: Readonly<Record<Result['outcome'], string>> = {
  passed: 'PASS',
  failed: 'FAIL',
  'not evaluated': 'N/A',
};

/** Renders the results for a terminal, by subject, under the name of a service if there are several. */
export function renderTable(rows: readonly Row[], title?: string): string {
  const groups = [...groupBy(rows, ({ subject }) => subject)].map(([subject, group]) =>
    [
      `\n${subject}: ${totals(group)}`,
      ...group.flatMap(({ outcome, claim, figure }) => [
        `  ${LABELS[outcome].padEnd(4)}  ${claim}`,
        `        ${figure()}`,
      ]),
    ].join('\n'),
  );
  const heading = title === undefined ? '' : `\n=== ${title}\n`;
  return `${heading}${groups.join('\n')}\n\n${totals(rows)}`;
}

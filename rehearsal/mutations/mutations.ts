import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Mistake, rowsOf, STATIC_CHECKS, VALIDATED } from '../static/facts';
import { VALIDATOR_CHECK } from '../static/static-checks';

/**
 * A mistake that people really make, and the check that must fail because of it.
 */
export interface Mutation {
  readonly name: string;
  /** ID of the check that must fail, or `refused` if the template must not be accepted or the task must not start. */
  readonly caughtBy: string;
  /** What `change` makes. */
  readonly change: string;
  /** Whether only the real daemon can show it. */
  readonly needsRealDaemon?: boolean;
}

const TABLES = readFileSync(join(__dirname, 'mutations.md'), 'utf8').split(/^## /m).slice(1);

/** The mistakes of mutations.md and of facts.md. */
export const MUTATIONS: readonly Mutation[] = [
  ...TABLES.flatMap(rowsOf).map(([name, check, change]): Mutation => {
    const [caughtBy = '', real] = check.split(', ');
    return { name, caughtBy, change: change.slice(1, -1), needsRealDaemon: real !== undefined };
  }),
  ...STATIC_CHECKS.flatMap(({ id, facts }) =>
    facts.map((fact) => ofMistake(`must ${fact.must}`, id, fact)),
  ),
  ...VALIDATED.map((mistake) => ofMistake(`= ${mistake.mistake}`, VALIDATOR_CHECK, mistake)),
];

function ofMistake(what: string, caughtBy: string, mistake: Mistake): Mutation {
  const name = `${mistake.kind}: ${mistake.property} ${what}`;
  return { name, caughtBy, change: changeOf(mistake) };
}

/** What `change` makes for a mistake of facts.md, which may be a value alone. */
export function changeOf({ kind, property, mistake }: Mistake): string {
  return /^(no |\+ |AWS::)/.test(mistake) ? mistake : `${kind}.${property} = ${mistake}`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part, Predicate } from '../predicates/graph';
import { LOAD_BALANCER_PREDICATES } from '../predicates/load-balancer';
import { NETWORK_PREDICATES } from '../predicates/network';
import { RESTART_PREDICATES } from '../predicates/restart';
import { ROLES_PREDICATES } from '../predicates/roles';
import { SERVICE_PREDICATES } from '../predicates/service';
import { APPLICATION_PREDICATES } from '../predicates/task/application';
import { DAEMON_PREDICATES } from '../predicates/task/daemon';
import { IMAGES_PREDICATES } from '../predicates/task/images';
import { LOGS_PREDICATES } from '../predicates/task/logs';
import { TASK_PREDICATES } from '../predicates/task/task';
import { XRAY_PREDICATES } from '../predicates/xray';

/** A mistake in a property of a part. */
export interface Mistake {
  /** A key of `KINDS`. */
  readonly kind: string;
  readonly property: string;
  /** What `rehearse:mutants` does, which a check must catch. */
  readonly mistake: string;
}

/** What must hold of a property of each part of a kind. */
export interface Fact extends Mistake {
  /** Completes "LaunchType must ...". */
  readonly must: string;
  /** What happens otherwise. */
  readonly otherwise: string;
  readonly holds: Predicate;
}

/** A check that starts no process. */
export interface StaticCheck {
  readonly id: string;
  readonly claim: string;
  readonly facts: readonly Fact[];
}

export const PREDICATES: Readonly<Record<string, Predicate>> = {
  ...SERVICE_PREDICATES,
  ...TASK_PREDICATES,
  ...APPLICATION_PREDICATES,
  ...DAEMON_PREDICATES,
  ...IMAGES_PREDICATES,
  ...LOGS_PREDICATES,
  ...ROLES_PREDICATES,
  ...RESTART_PREDICATES,
  ...NETWORK_PREDICATES,
  ...LOAD_BALANCER_PREDICATES,
  ...XRAY_PREDICATES,
};

const [, ...SECTIONS] = readFileSync(join(__dirname, 'facts.md'), 'utf8').split(/^## /m);

/** The checks of facts.md. */
export const STATIC_CHECKS: readonly StaticCheck[] = SECTIONS.slice(0, -2).map((section) => {
  const [id = '', , claim = ''] = section.split('\n');
  const facts = rowsOf(section).map(([kind, property, must, otherwise, mistake]) => ({
    kind,
    property,
    must,
    otherwise,
    mistake: mistake.slice(1, -1),
    holds: PREDICATES[must] ?? simple(must),
  }));
  return { id, claim, facts };
});

/** Mistakes that CloudFormation Validate and cdk-preflight must catch. */
export const VALIDATED: readonly Mistake[] = rowsOf(SECTIONS.at(-2) ?? '').map(
  ([kind, property, mistake]) => ({ kind, property, mistake: mistake.slice(1, -1) }),
);

/** The properties of each kind of part that no trace depends on. */
export const HARMLESS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  rowsOf(SECTIONS.at(-1) ?? '').map(([kind, names]) => [kind, names.split(' ')]),
);

type Cells = [string, string, string, string, string];

/** The cells of a table. */
export function rowsOf(section: string): Cells[] {
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map(
    (line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()) as Cells,
  );
}

/** Reads `be A or B`, `be absent`, and `be 1 to 9 (default 5)`. */
function simple(must: string): Predicate {
  const [, min, max, otherwise] = /^be (\d+) to (\d+)(?: \(default (\d+)\))?$/.exec(must) ?? [];
  if (min !== undefined) {
    return (part: Part, property) => {
      const value = part.number(property, Number(otherwise ?? NaN));
      return value >= Number(min) && value <= Number(max);
    };
  }
  const allowed = /^be (\S+(?: or \S+)*)$/.exec(must)?.[1]?.split(' or ');
  if (!allowed) {
    throw new Error(`facts.md: "${must}" is not a predicate`);
  }
  return (part: Part, property) => allowed.includes(part.text(property, 'absent'));
}

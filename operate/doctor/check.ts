import type { Deployment } from './deployment';

/**
 * What a check found: all is well, or what is wrong and what to do next.
 */
export type Finding =
  | { readonly ok: true; readonly seen: string }
  | { readonly ok: false; readonly seen: string; readonly next: string };

/**
 * One step of the way that a trace takes.
 */
export interface Check {
  readonly id: string;
  readonly question: string;
  /** What it calls, as IAM names it; all of it reads only. */
  readonly asks: readonly string[];
  readonly run: (deployment: Deployment) => Promise<Finding>;
}

/**
 * The check finds nothing wrong.
 */
export function well(seen: string): Finding {
  return { ok: true, seen };
}

/**
 * The check finds something wrong.
 *
 * @param next the command that shows more, or that puts it right
 */
export function wrong(seen: string, next: string): Finding {
  return { ok: false, seen, next };
}

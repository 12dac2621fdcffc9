import type { Deployment } from './deployment';

/**
 * What a check found; and, if it is wrong, what to do next.
 */
export type Finding =
  | { readonly ok: true; readonly seen: string }
  | { readonly ok: false; readonly seen: string; readonly next: string };

/**
 * One thing that a trace depends on.
 */
export interface Check {
  readonly id: string;
  readonly question: string;
  /** The actions that it calls, as IAM names them, all of them read-only; and the URLs that it gets. */
  readonly asks: readonly string[];
  readonly run: (deployment: Deployment) => Promise<Finding>;
}

/**
 * Returns the finding of a check that found nothing wrong.
 */
export function healthy(seen: string): Finding {
  return { ok: true, seen };
}

/**
 * Returns the finding of a check that found something wrong.
 *
 * @param next the command that shows more, or that fixes it
 */
export function wrong(seen: string, next: string): Finding {
  return { ok: false, seen, next };
}

import type { TemplateEditor } from './template-editor';

/**
 * A mistake that people really make, and the check that must fail because of it.
 */
export interface Mutation {
  readonly name: string;
  /** ID of the check that must fail, or `refused` if the template must not be accepted or the task must not start. */
  readonly caughtBy: string;
  readonly apply: (editor: TemplateEditor) => void;
  /** Whether only the real daemon can show it. */
  readonly needsRealDaemon?: boolean;
}

export function mutation(
  name: string,
  caughtBy: string,
  apply: (editor: TemplateEditor) => unknown,
): Mutation {
  return { name, caughtBy, apply };
}

import type { Run } from '../run/run-index';
import type { Plan } from '../template/plan';
import { evaluate, type Evaluation, type Result } from './result';

interface Named {
  readonly id: string;
  readonly claim: string;
}

/** A check needs a run, or can be evaluated on the template alone. */
export type Check =
  | (Named & { readonly needs: 'run'; readonly evaluate: (run: Run) => Result })
  | (Named & { readonly needs: 'template'; readonly evaluate: (of: { plan: Plan }) => Result });

/** A subject with its checks. */
export interface CheckGroup {
  readonly subject: string;
  readonly checks: readonly Check[];
}

interface CheckProps<Input, Data> extends Named, Evaluation<Data> {
  readonly measure: (input: Input) => Data;
}

/** Defines a check of what a run shows. */
export function runCheck<Data>({ id, claim, ...props }: CheckProps<Run, Data>): Check {
  return { id, claim, needs: 'run', evaluate: (run) => evaluate(props, props.measure(run)) };
}

/** Defines a check of the traces that X-Ray recorded. Chance may record none. */
export function recordedCheck<Data>({ id, claim, ...props }: CheckProps<Run, Data>): Check {
  return {
    id,
    claim,
    needs: 'run',
    evaluate: (run) => evaluate({ ...props, unavailable: run.nothingRecorded }, props.measure(run)),
  };
}

/** Defines a check that can be evaluated on the template alone. */
export function templateCheck<Data>({ id, claim, ...props }: CheckProps<Plan, Data>): Check {
  return {
    id,
    claim,
    needs: 'template',
    evaluate: ({ plan }) => evaluate(props, props.measure(plan)),
  };
}

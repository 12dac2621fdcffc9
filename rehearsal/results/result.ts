/**
 * An outcome and its data. The sentence about it is composed where it is shown.
 */
export interface Result {
  readonly outcome: 'passed' | 'failed' | 'not evaluated';
  readonly data: unknown;
  /** Returns the data as one sentence that needs no explanation. */
  readonly figure: () => string;
}

/** How data is evaluated and described. */
export interface Evaluation<Data> {
  /** Why this machine cannot measure it. */
  readonly unavailable?: string | undefined;
  readonly passes: (data: Data) => boolean;
  /** Why the data, in which nothing is wrong, shows nothing either. */
  readonly showsNothing?: (data: Data) => string | undefined;
  readonly figure: (data: Data) => string;
}

/** Returns the result of what could not be evaluated. */
export function unavailable(reason: string): Result {
  return { outcome: 'not evaluated', data: { reason }, figure: () => `Not evaluated: ${reason}` };
}

export function evaluate<Data>(
  { unavailable: reason, passes, showsNothing, figure }: Evaluation<Data>,
  data: Data,
): Result {
  if (reason !== undefined) {
    return unavailable(reason);
  }
  const isRight = passes(data);
  const nothing = isRight ? showsNothing?.(data) : undefined;
  if (nothing !== undefined) {
    return unavailable(nothing);
  }
  return {
    outcome: isRight ? 'passed' : 'failed',
    data,
    figure: () => figure(data),
  };
}

/** A result, and the claim that it is about. */
export interface Row extends Result {
  readonly id: string;
  readonly subject: string;
  readonly claim: string;
}

/** Removes a secret from everything that is shown of a row. */
export function withoutSecret(row: Row, secret: string): Row {
  return {
    ...row,
    data: JSON.parse(redact(JSON.stringify(row.data), secret)) as unknown,
    figure: () => redact(row.figure(), secret),
  };
}

/** The text without the key; an empty key is in no text. */
export function redact(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '<the key>');
}

/** Counts results by outcome, in the form that CI adds up. */
export function totals(rows: readonly Pick<Result, 'outcome'>[]): string {
  const count = (wanted: Result['outcome']) =>
    rows.filter(({ outcome }) => outcome === wanted).length;
  const notEvaluated = count('not evaluated');
  return (
    `${count('passed')} passed, ${count('failed')} failed` +
    (notEvaluated > 0 ? `, ${notEvaluated} not evaluated` : '')
  );
}

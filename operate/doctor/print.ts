import { CHECKS, type Diagnosis } from './diagnosis';

/**
 * The diagnoses for a person: a line for each check, and the next command under those that found something wrong.
 */
export function diagnosisText(diagnoses: readonly Diagnosis[]): string {
  const lines = diagnoses.flatMap(({ question, finding }) => {
    if (finding === undefined) {
      return [`not run  ${question}`];
    }
    return finding.ok
      ? [`OK       ${question} ${finding.seen}`]
      : [`WRONG    ${question} ${finding.seen}`, `         next: ${finding.next}`];
  });
  const wrong = diagnoses.filter(({ finding }) => finding?.ok === false).length;
  return [...lines, '', `${wrong} of ${diagnoses.length} checks found something wrong`].join('\n');
}

/**
 * What would be asked, for one who has no credentials at hand.
 */
export function plannedText(stackName: string): string {
  return [
    `No AWS credentials: set AWS_PROFILE, or give --profile. Of the stack ${stackName} would be asked, reading only:`,
    ...CHECKS.map(({ question, asks }) => `  ${question} (${asks.join(', ')})`),
  ].join('\n');
}

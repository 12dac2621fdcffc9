import { CHECKS, type Diagnosis } from './diagnosis';

/**
 * Returns the diagnoses as text: a line for each check, followed by the next command if it found something wrong.
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
 * Returns what the checks would ask, for an operator without credentials.
 */
export function plannedText(stackName: string): string {
  return [
    `No AWS credentials or no Region: sign in with the AWS CLI, or pass --profile and --region. The checks of the stack ${stackName}, all read-only:`,
    ...CHECKS.map(({ question, asks }) => `  ${question} (${asks.join(', ')})`),
  ].join('\n');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/**
 * What cdk-nag reports about an app, as `rule construct`. Without acknowledged findings.
 */
export function findingsOf(app: App): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch (error) {
    expect(String(error)).toContain('ValidationFailed');
  }
  const report = readFileSync(join(app.outdir, 'validation-report.json'), 'utf8');
  const { pluginReports } = JSON.parse(report) as Report;
  return pluginReports
    .flatMap(({ violations }) => violations)
    .filter(({ ruleName }) => ruleName.startsWith('AwsSolutions-'))
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
}

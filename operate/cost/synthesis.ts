import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { readConfig } from '../../lib/config/config';
import { CruddurTracingStack } from '../../lib/cruddur-tracing-stack';
import type { Template } from './template';

/** Where a VPC would be looked up; no price depends on it. */
const ANYWHERE = { account: '111122223333', region: 'us-east-1' };

/**
 * The template that `cdk synth` writes with these settings.
 *
 * @param settings each `key=value`, as after `-c`
 * @throws ConfigError for a setting that a synth refuses
 */
export function synthesizedTemplate(settings: readonly string[]): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'cruddur-cost-'));
  try {
    const cdkJson = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: object };
    const context = { ...cdkJson.context, ...Object.fromEntries(settings.map(keyAndValue)) };
    const app = new App({ context, outdir });
    const config = readConfig(app.node.getAllContext() as Record<string, unknown>, ANYWHERE);
    new CruddurTracingStack(app, config.stackName, { config, env: config.env });
    return app.synth().getStackByName(config.stackName).template as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function keyAndValue(setting: string): readonly [string, string] {
  const [key = '', ...value] = setting.split('=');
  return [key, value.join('=')];
}

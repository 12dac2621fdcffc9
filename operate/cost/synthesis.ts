import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DISABLE_ASSET_STAGING_CONTEXT, DISABLE_CREATION_STACK_TRACES } from 'aws-cdk-lib/cx-api';
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
    // no price depends on either, and both take as long as all the rest
    const quick = { [DISABLE_ASSET_STAGING_CONTEXT]: true, [DISABLE_CREATION_STACK_TRACES]: true };
    const own = Object.fromEntries(settings.map(keyAndValue));
    const context = { ...cdkJson.context, ...quick, ...own };
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

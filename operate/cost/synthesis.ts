import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DISABLE_ASSET_STAGING_CONTEXT, DISABLE_CREATION_STACK_TRACES } from 'aws-cdk-lib/cx-api';
import { readConfig } from '../../lib/config/config';
import { CruddurTracingStack } from '../../lib/cruddur-tracing-stack';
import { contextWith } from '../context';
import type { Template } from './template';

/** For the lookup of a VPC. No price depends on it. */
const ANYWHERE = { account: '111122223333', region: 'us-east-1' };

/**
 * Returns the template that `cdk synth` writes with these settings.
 *
 * @param settings each `KEY=VALUE`, as after `-c`
 * @throws ConfigError or PropError for a setting that `cdk synth` refuses
 */
export function synthesizedTemplate(settings: readonly string[]): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'cruddur-cost-'));
  try {
    // no price depends on either, and both take as long as the rest of a synth
    const quick = { [DISABLE_ASSET_STAGING_CONTEXT]: true, [DISABLE_CREATION_STACK_TRACES]: true };
    const app = new App({ context: { ...quick, ...contextWith(settings) }, outdir });
    const config = readConfig(app.node.getAllContext() as Record<string, unknown>, ANYWHERE);
    new CruddurTracingStack(app, config.stackName, { config, env: config.env });
    return app.synth().getStackByName(config.stackName).template as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

#!/usr/bin/env node
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Tags } from 'aws-cdk-lib';
import { VALIDATION_REPORT_FILE } from 'aws-cdk-lib/cx-api';
import { readConfig } from '../lib/config/config';
import { ConfigError } from '../lib/config/config-error';
import { CruddurTracingStack } from '../lib/cruddur-tracing-stack';
import { PropError } from '../lib/validation/prop-error';
import { AppValidations } from '../lib/validation/template/validations';

// CDK's own switch, for a faster synth
const validations = process.env.CDK_VALIDATION === 'false' ? undefined : new AppValidations();
const app = new App();
try {
  const config = readConfig(app.node.getAllContext() as Record<string, unknown>, {
    account: process.env.CDK_DEFAULT_ACCOUNT,
    region: process.env.CDK_DEFAULT_REGION,
  });
  const stack = new CruddurTracingStack(app, config.stackName, { config, env: config.env });
  Tags.of(stack).add('Project', 'cruddur-tracing');
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PropError)) {
    throw error;
  }
  console.error(error.message);
  process.exit(1);
}

if (validations) {
  validations.addTo(app);
} else {
  // the CLI prints any report that it finds, even an old one
  rmSync(join(app.outdir, VALIDATION_REPORT_FILE), { force: true });
}

#!/usr/bin/env node
import { App, Tags } from 'aws-cdk-lib';
import { type Config, ConfigError, readConfig } from '../lib/config';
import { CruddurTracingStack } from '../lib/cruddur-tracing-stack';
import { addValidations } from '../lib/validations';

const app = new App();
let config: Config;
try {
  config = readConfig(app.node.getAllContext(), {
    account: process.env.CDK_DEFAULT_ACCOUNT,
    region: process.env.CDK_DEFAULT_REGION,
  });
} catch (error) {
  if (!(error instanceof ConfigError)) {
    throw error;
  }
  console.error(error.message);
  process.exit(1);
}
const stack = new CruddurTracingStack(app, config.stackName, { config, env: config.env });
Tags.of(stack).add('Project', 'cruddur-tracing');
addValidations(app);

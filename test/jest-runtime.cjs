// Jest loads each module anew for each test file. For aws-cdk-lib that took as long as all the tests together, so a worker loads
// the large libraries once. They then see the process's own environment, so the test files share it too.
const { createRequire } = require('node:module');
const process = require('node:process');
const { default: Runtime } = require('jest-runtime');

const LOADED_ONCE = /^(aws-cdk-lib|constructs|cdk-nag|cdk-preflight)(\/|$)/;

module.exports = class extends Runtime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    environment.global.process.env = process.env;
  }

  requireModuleOrMock(from, name) {
    return LOADED_ONCE.test(name)
      ? createRequire(from)(name)
      : super.requireModuleOrMock(from, name);
  }
};

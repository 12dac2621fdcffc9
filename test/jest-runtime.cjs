// Jest loads each module anew for each test file. For the packages in node_modules that took longer than the tests, so a worker loads
// them once, but for an engine that takes plain objects of its own realm only. Test files then share the process's environment with
// them, and its classes of errors and dates.
const { createRequire } = require('node:module');
const process = require('node:process');
const { default: Runtime } = require('jest-runtime');

const LOADED_ONCE = /^(?!node:|jest|@jest|@aws\/)[@\w]/;

module.exports = class extends Runtime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    environment.global.process.env = process.env;
    Object.assign(environment.global, { Date, Error });
  }

  requireModuleOrMock(from, name) {
    return LOADED_ONCE.test(name)
      ? createRequire(from)(name)
      : super.requireModuleOrMock(from, name);
  }
};

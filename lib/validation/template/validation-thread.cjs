// The thread of ThreadedValidation. Its engine starts at once, and answers each message with the report on the templates in it.
const { workerData } = require('node:worker_threads');

const { resourceTypes, port, isAnswered } = workerData;
let validate;
try {
  validate = startEngine();
} catch (error) {
  validate = () => {
    throw error;
  };
}

port.on('message', (stackTemplates) => {
  port.postMessage(answerTo(stackTemplates));
  Atomics.store(isAnswered, 0, 1);
  Atomics.notify(isAnswered, 0);
});

function startEngine() {
  const { observePluginCached } = require('cdk-preflight/lib/private/enforce');
  const { BUNDLED_RULES } = require('cdk-preflight/lib/rules.generated');
  const types = new Set(['*', ...resourceTypes]);
  // what Preflight.apply() adds to an app without `enforce`, which would compile a second engine
  const plugin = observePluginCached(
    BUNDLED_RULES.filter((rule) => rule.resourceTypes.some((type) => types.has(type))),
  );
  plugin.initializeEngine(types);
  return (stackTemplates) => plugin.validate({ stackTemplates });
}

function answerTo(stackTemplates) {
  try {
    return { report: validate(stackTemplates) };
  } catch (error) {
    return { error: String(error) };
  }
}

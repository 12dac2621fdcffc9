// The thread of ThreadedValidation. It loads the engine at once, compiles the rules for the resource types in its first message,
// and answers each later message with the report on the templates in it, and the engine's version.
const { workerData } = require('node:worker_threads');

const { port, isAnswered } = workerData;
const library = attempt(load);

port.once('message', (resourceTypes) => {
  const plugin = attempt(() => compile(library(), new Set(['*', ...resourceTypes])));
  port.on('message', (stackTemplates) => {
    port.postMessage(answer(plugin, stackTemplates));
    Atomics.store(isAnswered, 0, 1);
    Atomics.notify(isAnswered, 0);
  });
});

function load() {
  const { loadEngine, observePluginCached } = require('cdk-preflight/lib/private/enforce');
  const { BUNDLED_RULES } = require('cdk-preflight/lib/rules.generated');
  loadEngine();
  return { observePluginCached, BUNDLED_RULES };
}

/** A missing number, which Rego takes for 0: a container with a soft limit only would be refused. The rules mean to skip it. */
const MISSING_NUMBER = /(to_number\(object\.get\([^()]+, )null\)\)/g;

function compile({ observePluginCached, BUNDLED_RULES }, types) {
  // what Preflight.apply() adds to an app without `enforce`, which would compile a second engine
  const plugin = observePluginCached(
    BUNDLED_RULES.filter((rule) => rule.resourceTypes.some((type) => types.has(type))).map(
      ({ rego, ...rule }) => ({ ...rule, rego: rego.replace(MISSING_NUMBER, '$1"none"))') }),
    ),
  );
  plugin.initializeEngine(types);
  return plugin;
}

function answer(plugin, stackTemplates) {
  try {
    return { report: plugin().validate({ stackTemplates }), version: plugin().version };
  } catch (error) {
    return { error: String(error) };
  }
}

/** Keeps an error for the answer: the app waits for that alone. */
function attempt(make) {
  try {
    const made = make();
    return () => made;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

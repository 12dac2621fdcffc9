import { readConfig } from '../../lib/config/config';
import { CruddurTracingStack } from '../../lib/cruddur-tracing-stack';
import { type Assembly, readAssemblies } from '../../rehearsal/template/assembly';
import { testApp } from '../app';

/** The assembly of the project's stack. */
export function synthesized(context: Record<string, unknown> = {}): Assembly {
  const config = readConfig(context, {});
  const app = testApp();
  new CruddurTracingStack(app, config.stackName, { config });
  const [assembly] = readAssemblies(app.synth().directory);
  if (!assembly) {
    throw new Error('the stack has no service');
  }
  return assembly;
}

/** The assembly with a change of its template. */
export function changed(
  assembly: Assembly,
  change: (template: Assembly['template']) => unknown,
): Assembly {
  const template = structuredClone(assembly.template);
  change(template);
  return { ...assembly, template };
}

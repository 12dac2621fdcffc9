import { App, Stack } from 'aws-cdk-lib';
import { DISABLE_ASSET_STAGING_CONTEXT, DISABLE_CREATION_STACK_TRACES } from 'aws-cdk-lib/cx-api';
import cdkJson from '../cdk.json';

/**
 * An app with the feature flags of cdk.json, which `new App()` does not read: without them a test would synthesize
 * another template than the CLI. Files of images are not copied, and no stack traces kept: both take as long as all the rest of
 * a synth.
 */
export function testApp(context: Record<string, unknown> = {}): App {
  const quick = { [DISABLE_ASSET_STAGING_CONTEXT]: true, [DISABLE_CREATION_STACK_TRACES]: true };
  return new App({ context: { ...cdkJson.context, ...quick, ...context } });
}

export function testStack(): Stack {
  return new Stack(testApp(), 'Test');
}

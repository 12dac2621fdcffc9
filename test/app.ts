import { App, Stack } from 'aws-cdk-lib';
import cdkJson from '../cdk.json';

/**
 * An app with the feature flags of cdk.json, which `new App()` does not read: without them a test would synthesize
 * another template than the CLI.
 */
export function testApp(context: Record<string, unknown> = {}): App {
  return new App({ context: { ...cdkJson.context, ...context } });
}

export function testStack(): Stack {
  return new Stack(testApp(), 'Test');
}

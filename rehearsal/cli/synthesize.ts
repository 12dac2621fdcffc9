import { Refusal } from '../refusal';
import { runToEnd } from '../testbed/processes';

/**
 * Synthesizes this project into a directory, with the key in the environment: if any part of the
 * project reads the key there, it shows in the synthesized files.
 */
export async function synthesize(directory: string, key: string): Promise<void> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = { ...Object.fromEntries(own), HONEYCOMB_API_KEY: key, HoneycombApiKey: key };
  const args = ['synth', '--quiet', '--output', directory];
  const { ok, text } = await runToEnd('node_modules/.bin/cdk', args, env);
  if (!ok) {
    throw new Refusal(`cdk synth failed:\n${text}`);
  }
}

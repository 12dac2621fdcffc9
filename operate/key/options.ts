import { parseArgs } from 'node:util';
import type { AwsOptions } from '../aws-config';
import { contextWith } from '../context';
import { OperatorError } from '../operator-error';

export const USAGE = `npm run key -- [options]

Asks for the Honeycomb API key, or reads it from standard input, and stores it for the deployed stack:
in a parameter of the stack, or, with cruddur:honeycombApiKeySource=existing, as a SecureString.

  --stage STAGE            of the stack, as -c cruddur:stage=STAGE
  -c, --context KEY=VALUE  as given to cdk deploy; more than one may be given
  --profile PROFILE        of the AWS configuration
  --region REGION          of the stack
  --no-verify              do not ask Honeycomb whether it knows the key
  --no-restart             leave the running tasks as they are; tasks read the key when they start
  --help`;

/**
 * The options of the command line.
 */
export interface Options extends AwsOptions {
  /**
   * The context of cdk.json, overridden by `-c` and `--stage`.
   */
  readonly context: Readonly<Record<string, unknown>>;
  readonly verify: boolean;
  readonly restart: boolean;
  readonly help: boolean;
}

/**
 * Reads the options.
 *
 * @param cdkJson the file whose context is the configuration
 * @throws OperatorError for an argument that is not an option: it may be a key
 */
export function readOptions(args: readonly string[], cdkJson: string): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      context: { type: 'string', short: 'c', multiple: true, default: [] },
      profile: { type: 'string' },
      region: { type: 'string' },
      'no-verify': { type: 'boolean', default: false },
      'no-restart': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 0) {
    throw new OperatorError(
      'the key must not be on the command line, where the shell history, npm logs, and the process list show it: if it was, replace it in Honeycomb, then run the command without it; the value is not shown',
    );
  }
  const stage = values.stage === undefined ? [] : [`cruddur:stage=${values.stage}`];
  return {
    context: contextWith([...values.context, ...stage], cdkJson),
    profile: values.profile,
    region: values.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
    verify: !values['no-verify'],
    restart: !values['no-restart'],
    help: values.help,
  };
}

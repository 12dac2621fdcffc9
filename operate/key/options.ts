import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
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
 * What was asked for on the command line.
 */
export interface Options {
  /**
   * The context of cdk.json, with what `-c` and `--stage` add.
   */
  readonly context: Readonly<Record<string, unknown>>;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly verify: boolean;
  readonly restart: boolean;
  readonly help: boolean;
}

/**
 * @param cdkJson the file whose context is the configuration
 * @throws OperatorError for anything but options, since it may be a key
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
      'the key must not be on the command line, where history, npm and the list of processes keep it: if it was, replace it in Honeycomb; run the command again without it (the value is not shown)',
    );
  }
  const { context } = JSON.parse(readFileSync(cdkJson, 'utf8')) as { context?: object };
  const given = [
    ...values.context,
    ...(values.stage === undefined ? [] : [`cruddur:stage=${values.stage}`]),
  ];
  return {
    context: { ...context, ...Object.fromEntries(given.map(keyAndValue)) },
    profile: values.profile,
    region: values.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
    verify: !values['no-verify'],
    restart: !values['no-restart'],
    help: values.help,
  };
}

function keyAndValue(text: string): [key: string, value: string] {
  const [key = '', ...value] = text.split('=');
  if (value.length === 0) {
    throw new OperatorError('`--context` must be KEY=VALUE, got: a text without =');
  }
  return [key, value.join('=')];
}

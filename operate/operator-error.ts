import { ConfigError } from '../lib/config/config-error';
import { PropError } from '../lib/validation/prop-error';
import { isUnconfigured } from './aws-config';

/**
 * Something that the operator can fix. Only its message is printed, without a stack trace.
 */
export class OperatorError extends Error {}

/**
 * Returns what to print of an error: the message of one that the operator can fix, and the stack trace of any other.
 */
export function textOf(error: unknown): string {
  const { code, message, stack, $metadata } = error as NodeJS.ErrnoException & {
    readonly $metadata?: object;
  };
  if (isUnconfigured(error)) {
    return `${message}; sign in with the AWS CLI, or pass --profile and --region`;
  }
  const isForOperator =
    [OperatorError, ConfigError, PropError, AggregateError].some((kind) => error instanceof kind) ||
    // an answer of AWS, such as that a token has expired
    $metadata !== undefined ||
    // an error of the system, such as that there is no such file, or of an unknown option
    /^(E[A-Z]+|ERR_PARSE_ARGS_\w+)$/.test(code ?? '');
  return isForOperator ? messageOf(error) : (stack ?? String(error));
}

/** Returns the message of an error; or its code, if it is of a connection that was tried at several addresses, which has none. */
export function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || String(code);
}

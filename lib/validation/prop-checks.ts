import { Token } from 'aws-cdk-lib';
import { PropError } from './prop-error';

/**
 * Limits of a number.
 */
export interface NumberLimits {
  /**
   * @default - no limit
   */
  readonly min?: number;

  /**
   * @default - no limit
   */
  readonly max?: number;

  /**
   * @default false
   */
  readonly whole?: boolean;
}

/**
 * Refuses a number outside its limits, and anything that is not finite. A number known only at deployment passes.
 */
export function requireNumber(prop: string, value: number, limits: NumberLimits): void {
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE, whole = false } = limits;
  const isWithin = value >= min && value <= max && (!whole || Number.isInteger(value));
  if (Token.isUnresolved(value) || isWithin) {
    return;
  }
  const range = limits.max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`;
  const kind = whole ? 'whole' : 'finite';
  throw new PropError(prop, `be a ${kind} number${limits.min === undefined ? '' : range}`, value);
}

/**
 * Refuses an empty string and one of more than `max` characters. A string known only at deployment passes.
 */
export function requireLength(prop: string, value: string, max: number): void {
  if (!Token.isUnresolved(value) && (value.length < 1 || value.length > max)) {
    throw new PropError(prop, `have 1 to ${max} characters`, value.length);
  }
}

/**
 * Refuses a value known only at deployment.
 */
export function requireKnownAtSynth(prop: string, value: unknown): void {
  if (Token.isUnresolved(value)) {
    throw new PropError(prop, 'be known at synth', value);
  }
}

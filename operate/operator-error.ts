/**
 * Something that the operator can put right. It is printed as one message, without a stack trace.
 */
export class OperatorError extends Error {}

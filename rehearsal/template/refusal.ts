/**
 * Something that a person must put right before the rehearsal can say anything. It is printed
 * as one message, without a stack trace.
 */
export class Refusal extends Error {}

/**
 * Something that the user must fix before the rehearsal can run. It is printed as one message; a
 * stack trace would not help.
 */
export class Refusal extends Error {}

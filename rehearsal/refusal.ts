/**
 * Something that the user must fix before the rehearsal can say anything. It is printed as one
 * message; a stack trace would not help.
 */
export class Refusal extends Error {}

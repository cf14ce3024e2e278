/** Parsed JSON. Tests read fields of any shape, and assert what they are. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test asserts the shape itself
export type AnyJson = any;

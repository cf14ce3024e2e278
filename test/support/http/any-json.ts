/** Parsed JSON. Tests read fields of any shape, and assert what they are. */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export type AnyJson = any;

/** The message of a caught value, which need not be an Error. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error's `code`, as Node.js and the database drivers set it. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Whether the value is an error with one of these codes. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = errorCode(error);
  return code !== undefined && codes.includes(code);
}

/** An id in a message. IdPipe replaces a larger id by the maximum, which the client did not send. */
export function idText(id: number): string {
  return id < Number.MAX_SAFE_INTEGER ? String(id) : 'with this id';
}

import { QueryFailedError } from 'typeorm';
import { errorCode, errorText } from './error-text.js';

/** Error codes of Node and SQLite, with the cause and the remedy for an operator. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)/, 'the disk is full; free some space on it'],
  [
    /^(EROFS|EACCES|EPERM|SQLITE_READONLY)/,
    'it cannot be written; make it writable for the user that runs this program',
  ],
  [/^SQLITE_NOTADB/, 'it is not a SQLite database'],
  [
    /^SQLITE_CORRUPT/,
    'it is damaged (database disk image is malformed); put it aside and restore a backup',
  ],
  [/^SQLITE_IOERR/, 'the disk is full or has failed'],
];

/** Explains why a file or the database cannot be used, as the end of a sentence. */
export function storageReason(error: unknown): string {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const code = errorCode(cause) ?? '';
  const [, reason] = REASONS.find(([pattern]) => pattern.test(code)) ?? [];
  return reason ? `${reason} (${code})` : errorText(cause);
}

import { QueryFailedError } from 'typeorm';
import { hasErrorCode } from '../errors/error-text.js';

/** Whether the statement failed because a unique index has the value already. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return hasErrorCode(cause, '23505') || hasErrorCode(cause, 'SQLITE_CONSTRAINT_UNIQUE');
}

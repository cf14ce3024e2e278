import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { errorCode } from '../errors/error-text.js';

const SQLITE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/;
/**
 * Error classes of PostgreSQL (appendix A of its manual): connection exceptions, refused logins, insufficient
 * resources (disk, memory, connections), operator intervention (shutdown, statement timeout), system errors,
 * a standby server, and serialization failures and deadlocks after the last retry.
 */
const POSTGRES = /^(08|28|53|57|58|25006|40001|40P01)/;
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/;
/** Messages of the errors of node-postgres that have no code. */
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end/;

/** TypeORM reports a released query runner if its connection was lost between two statements. */
const CONNECTION_TAKEN_AWAY = [
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
];

/** Whether the database is unavailable, as opposed to a faulty statement. */
export function isDatabaseOutage(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  if (CONNECTION_TAKEN_AWAY.some((type) => cause instanceof type)) return true;
  const code = errorCode(cause) ?? '';
  if ([SQLITE, POSTGRES, NETWORK].some((outage) => outage.test(code))) return true;
  return LOST_CONNECTION.test(cause.message) || isDatabaseOutage(cause.cause);
}

import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

const SQLITE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/;
/**
 * PostgreSQL, appendix A: connection exceptions, insufficient resources (disk, memory, connections),
 * operator intervention (shutdown, statement timeout), system errors, a refused log-in, a server that
 * is a standby; and races that a unit has lost as often as it was tried.
 */
const POSTGRES = /^(08|28|53|57|58|25006|40001|40P01)/;
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/;
/** What node-postgres throws without a code. */
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end/;

/** TypeORM takes from its unit a connection that was lost between two statements. */
const CONNECTION_TAKEN_AWAY = [
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
];

/** The database cannot do its work now, through no fault of the statement. */
export function isDatabaseOutage(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  if (CONNECTION_TAKEN_AWAY.some((type) => cause instanceof type)) return true;
  const code = 'code' in cause ? String(cause.code) : '';
  if ([SQLITE, POSTGRES, NETWORK].some((outage) => outage.test(code))) return true;
  return LOST_CONNECTION.test(cause.message) || isDatabaseOutage(cause.cause);
}

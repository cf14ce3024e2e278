import { forgeToken } from '../../test/support/app/tokens.js';
import type { BenchDatabase } from './bench-database.js';
import type { CitySize } from './city-size.js';
import { citySql, TOTALS_SQL } from './city-sql.js';

/** Signs the tokens of the servers under test. */
export const SECRET = 'the secret of the benchmark, which protects nothing';
/** The password of every account. */
export const PASSWORD = 'benchmark';
/** In seconds. */
const TOKEN_LIFETIME = 86_400;

/** An account with a valid token. */
export interface LoggedInAccount {
  readonly id: number;
  readonly username: string;
  readonly token: string;
}

/** The content of a prepared database. */
export interface City {
  readonly size: CitySize;
  readonly admin: LoggedInAccount;
  /** Drivers without an active booking. */
  readonly drivers: readonly LoggedInAccount[];
  /** Drivers who are parked all the time. */
  readonly parked: readonly LoggedInAccount[];
  readonly exporter: LoggedInAccount | undefined;
  /** Ids of the lots. */
  readonly lots: readonly number[];
}

/**
 * Fills a database that VPMS has migrated and that has an admin. The database computes all rows itself,
 * so that ten million bookings take minutes instead of hours.
 */
export async function buildCity(database: BenchDatabase, size: CitySize): Promise<City> {
  const now = Date.now();
  const expiry = Math.floor(now / 1_000) + TOKEN_LIFETIME;
  const indexes = await plainIndexes(database);
  await database.run([
    ...indexes.map(({ name }) => `DROP INDEX ${name}`),
    ...citySql({ size, now, hasStatus: await hasStatus(database) }),
    ...indexes.map(({ definition }) => definition),
    TOTALS_SQL,
    `INSERT INTO sessions (id, account_id, expires_at)
     SELECT 'of-' || id, id, ${expiry * 1_000} FROM accounts`,
  ]);
  const accounts = await database.query<Account>('SELECT id, username FROM accounts ORDER BY id');
  const members = (kind: string, role = 'user') =>
    accounts
      .filter(({ username }) => username.startsWith(kind))
      .map((account) => ({ ...account, token: tokenOf(account, role, expiry) }));
  const [admin] = members('admin', 'admin');
  if (!admin) throw new Error('There is no admin');
  const lots = await database.query<{ id: number }>('SELECT id FROM lots ORDER BY id');
  return {
    size,
    admin,
    drivers: members('driver'),
    parked: members('parked'),
    exporter: members('exporter')[0],
    lots: lots.map(({ id }) => id),
  };
}

type Account = Pick<LoggedInAccount, 'id' | 'username'>;

function tokenOf({ id }: Account, role: string, expiry: number): string {
  const iat = expiry - TOKEN_LIFETIME;
  const claims = { sub: String(id), jti: `of-${id}`, role, iss: 'vpms', iat, exp: expiry };
  return forgeToken({ claims, secret: SECRET });
}

async function hasStatus(database: BenchDatabase): Promise<boolean> {
  const columns = await database.query(
    database.environment['DATABASE_URL']
      ? `SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema()
         AND table_name = 'reservations' AND column_name = 'status'`
      : `SELECT 1 FROM pragma_table_info('reservations') WHERE name = 'status'`,
  );
  return columns.length > 0;
}

interface Index {
  readonly name: string;
  readonly definition: string;
}

/** Non-unique indexes of reservations. They are created after the rows, which is much faster. */
async function plainIndexes(database: BenchDatabase): Promise<Index[]> {
  const indexes = await database.query<Index>(
    database.environment['DATABASE_URL']
      ? `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
         WHERE schemaname = current_schema() AND tablename = 'reservations'
           AND indexname NOT IN (SELECT conname FROM pg_constraint)`
      : `SELECT name, sql AS definition FROM sqlite_master
         WHERE type = 'index' AND tbl_name = 'reservations' AND sql IS NOT NULL`,
  );
  return indexes.filter(({ definition }) => !definition.startsWith('CREATE UNIQUE'));
}

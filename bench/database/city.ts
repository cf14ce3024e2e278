import { forgeToken } from '../../test/support/app/tokens.js';
import type { BenchDatabase } from './bench-database.js';
import { citySql, TOTALS_SQL } from './city-sql.js';

/** How much there is. Drivers may not be more than spots: each stands on one of his own at a time. */
export interface CitySize {
  readonly lots: number;
  readonly spotsPerLot: number;
  /** Those who can act; they are not parked. */
  readonly drivers: number;
  /** Past bookings of each. */
  readonly bookingsPerDriver: number;
  /** Further drivers, who stand on the first spots of each lot all the time. */
  readonly parkedPerLot: number;
  /** Still further ones, on further spots of the last lot. */
  readonly parkedInLastLot: number;
  /** Past bookings of one driver who wants them all in a file; 0: there is no such driver. */
  readonly exported: number;
}

/** Signs the tokens of the servers under test. */
export const SECRET = 'the secret of the benchmark, which protects nothing';
/** Of every account. */
export const PASSWORD = 'benchmark';
/** Seconds that a token holds. */
const TOKEN_LIFETIME = 86_400;

/** An account that is logged in. */
export interface Member {
  readonly id: number;
  readonly username: string;
  readonly token: string;
}

/** What a prepared database holds, for those who drive it. */
export interface City {
  readonly size: CitySize;
  readonly admin: Member;
  /** Those who can act. */
  readonly drivers: readonly Member[];
  /** Those who are parked all the time. */
  readonly parked: readonly Member[];
  readonly exporter: Member | undefined;
  /** Ids. */
  readonly lots: readonly number[];
}

/**
 * Fills a database in which the program has made its tables and its admin. Everything is computed by
 * the database itself: ten million bookings take minutes, not hours.
 */
export async function buildCity(database: BenchDatabase, size: CitySize): Promise<City> {
  const now = Date.now();
  const expiry = Math.floor(now / 1_000) + TOKEN_LIFETIME;
  const indexes = await plainIndexes(database);
  await database.run([
    ...indexes.map(({ name }) => `DROP INDEX ${name}`),
    ...citySql(size, now),
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

type Account = Pick<Member, 'id' | 'username'>;

function tokenOf({ id }: Account, role: string, expiry: number): string {
  const iat = expiry - TOKEN_LIFETIME;
  const claims = { sub: String(id), jti: `of-${id}`, role, iss: 'vpms', iat, exp: expiry };
  return forgeToken({ claims, secret: SECRET });
}

interface Index {
  readonly name: string;
  readonly definition: string;
}

/** The bookings' indexes that are not unique: made from all rows at once they take a fraction. */
async function plainIndexes(database: BenchDatabase): Promise<Index[]> {
  const indexes = await database.query<Index>(
    database.environment['DATABASE_URL']
      ? `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
         WHERE schemaname = current_schema() AND tablename = 'reservations'`
      : `SELECT name, sql AS definition FROM sqlite_master
         WHERE type = 'index' AND tbl_name = 'reservations' AND sql IS NOT NULL`,
  );
  return indexes.filter(({ definition }) => !definition.startsWith('CREATE UNIQUE'));
}

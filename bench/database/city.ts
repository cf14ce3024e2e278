import { forgeToken } from '../../test/support/tokens.js';
import type { BenchDatabase } from './bench-database.js';
import { citySql } from './city-sql.js';

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
  readonly drivers: readonly Member[];
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
  for (const sql of citySql(size, now)) await database.query(sql);
  const expiry = Math.floor(now / 1_000) + TOKEN_LIFETIME;
  await database.query(
    `INSERT INTO sessions (id, account_id, expires_at)
     SELECT 'of-' || id, id, ${expiry * 1_000} FROM accounts`,
  );
  const member = ({ id, username, role }: AccountRow): Member => {
    const claims = { sub: String(id), jti: `of-${id}`, role, iss: 'vpms', exp: expiry };
    const token = forgeToken({
      claims: { ...claims, iat: expiry - TOKEN_LIFETIME },
      secret: SECRET,
    });
    return { id, username, token };
  };
  const accounts = await database.query<AccountRow>(
    `SELECT id, username, role FROM accounts
     WHERE role = 'admin' OR username LIKE 'exporter%' OR username LIKE 'driver%' ORDER BY id`,
  );
  const [admin] = accounts.filter(({ role }) => role === 'admin').map(member);
  if (!admin) throw new Error('There is no admin');
  const lots = await database.query<{ id: number }>('SELECT id FROM lots ORDER BY id');
  return {
    size,
    admin,
    drivers: accounts.filter(({ username }) => username.startsWith('driver')).map(member),
    exporter: accounts.filter(({ username }) => username.startsWith('exporter')).map(member)[0],
    lots: lots.map(({ id }) => id),
  };
}

interface AccountRow {
  readonly id: number;
  readonly username: string;
  readonly role: string;
}

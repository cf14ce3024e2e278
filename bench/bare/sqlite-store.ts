import Database from 'better-sqlite3';
import type { Commits } from './commits.js';
import { TABLES, STATEMENTS } from './sqlite-sql.js';
import {
  type AccountRow,
  type Booking,
  cost,
  HttpError,
  type Json,
  type Session,
  type Store,
} from './store.js';

interface Stay {
  readonly spotId: number;
  readonly lotId: number;
  /** In ms since 1970 UTC. */
  readonly parkedAt: number;
  readonly price: number;
}

const RETURN_ONE_VALUE = [
  'availableLots',
  'lots',
  'statistics',
  'booking',
  'released',
  'bookings',
  'lotPrice',
  'takeSpot',
] as const;

export function openSqliteStore(
  file: string,
  commitsOf: (database: Database.Database) => Commits,
): Store {
  const database = new Database(file, { fileMustExist: true });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.exec(TABLES);
  const all = Object.fromEntries(
    Object.entries(STATEMENTS).map(([name, text]) => [name, database.prepare(text)]),
  ) as Record<keyof typeof STATEMENTS, Database.Statement>;
  for (const name of RETURN_ONE_VALUE) all[name].pluck();
  const commits = commitsOf(database);

  const book = ({ userId, lotId, vehicleNumber }: Booking): Json => {
    const price = all.lotPrice.get(lotId);
    if (price === undefined) throw new HttpError(404, 'LOT_NOT_FOUND');
    if (all.activeOf.get(userId)) throw new HttpError(409, 'ALREADY_PARKED');
    const spotId = all.takeSpot.get(lotId);
    if (spotId === undefined) throw new HttpError(409, 'LOT_FULL');
    const now = Date.now();
    const stay = { spotId, lotId, userId, price, vehicleNumber, now };
    const id = all.reserve.run(stay).lastInsertRowid;
    all.countBooking.run(userId);
    all.occupy.run(1, lotId);
    all.countActive.run(1, 0);
    return all.booking.get({ id, now }) as Json;
  };
  const release = (userId: number, id: number): Json => {
    const stay = all.stay.get(id, userId) as Stay | undefined;
    if (!stay) throw new HttpError(404, 'BOOKING_NOT_FOUND');
    const now = Math.max(Date.now(), stay.parkedAt);
    const charged = cost(stay, now);
    const { changes } = all.leave.run({ now, cost: charged, id });
    if (changes === 0) throw new HttpError(409, 'ALREADY_RELEASED');
    all.freeSpot.run(stay.spotId);
    all.countSpending.run(charged, userId);
    all.occupy.run(-1, stay.lotId);
    all.countActive.run(-1, charged);
    return all.released.get({ id, now }) as Json;
  };

  return {
    findSession: (jti) => all.session.get(jti) as Session | undefined,
    findAccount: (usernameKey) => all.account.get(usernameKey) as AccountRow | undefined,
    openSession: (jti, account, expiresAt) =>
      commits.run(() => void all.openSession.run(jti, account.id, expiresAt)),
    availableLots: () => all.availableLots.get() as Json,
    lots: () => all.lots.get() as Json,
    statistics: () => all.statistics.get() as Json,
    bookings: (userId) => all.bookings.get({ userId, now: Date.now() }) as Json,
    book: (booking) => commits.run(() => book(booking)),
    release: (userId, id) => commits.run(() => release(userId, id)),
  };
}

import Database from 'better-sqlite3';
import type { Commits } from './commits.js';
import { statements } from './sql.js';
import {
  type AccountRow,
  type Booking,
  type BookingRow,
  cost,
  type LotRow,
  HttpError,
  type Session,
  type StatisticsRow,
  type Store,
} from './store.js';

export function openSqliteStore(
  file: string,
  commitsOf: (database: Database.Database) => Commits,
): Store {
  const database = new Database(file, { fileMustExist: true });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  const sql = statements(() => '');
  const all = Object.fromEntries(
    Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]),
  ) as Record<keyof typeof sql, Database.Statement>;
  const commits = commitsOf(database);

  const book = ({ userId, lotId, vehicleNumber }: Booking): BookingRow => {
    const lot = all.lotPrice.get(lotId) as { price: number } | undefined;
    if (!lot) throw new HttpError(404, 'LOT_NOT_FOUND');
    if (all.activeOf.get(userId)) throw new HttpError(409, 'ALREADY_PARKED');
    const spot = all.takeSpot.get(lotId) as { id: number } | undefined;
    if (!spot) throw new HttpError(409, 'LOT_FULL');
    const now = Date.now();
    const row = all.reserve.get(spot.id, lotId, userId, now, lot.price, vehicleNumber, now, now);
    all.countBooking.run(userId);
    return all.booking.get((row as { id: number }).id) as BookingRow;
  };
  const release = (userId: number, id: number): BookingRow => {
    const stay = all.stay.get(id, userId) as BookingRow | undefined;
    if (!stay) throw new HttpError(404, 'BOOKING_NOT_FOUND');
    const leftAt = Math.max(Date.now(), stay.parkedAt);
    const charged = cost(stay, leftAt);
    if (!all.leave.get(leftAt, charged, leftAt, id)) throw new HttpError(409, 'ALREADY_RELEASED');
    all.freeSpot.run(stay.spotId);
    all.countSpending.run(charged, userId);
    return all.booking.get(id) as BookingRow;
  };

  return {
    findSession: (jti) => all.session.get(jti) as Session | undefined,
    findAccount: (usernameKey) => all.account.get(usernameKey) as AccountRow | undefined,
    openSession: (jti, account, expiresAt) =>
      commits.run(() => void all.openSession.run(jti, account.id, expiresAt)),
    availableLots: () => all.availableLots.all() as LotRow[],
    lots: () => all.lots.all() as LotRow[],
    statistics: () => all.statistics.get() as StatisticsRow,
    bookings: (userId) => all.bookings.all(userId) as BookingRow[],
    book: (booking) => commits.run(() => book(booking)),
    release: (userId, id) => commits.run(() => release(userId, id)),
  };
}

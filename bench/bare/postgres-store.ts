import { Pool, type PoolClient, types } from 'pg';
import { STATEMENTS } from './postgres-sql.js';
import { bookingResponse, freeLots, lotResponse, statisticsResponse } from './responses.js';
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

types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

/** Maximum number of connections; the default of VPMS. */
const POOL_SIZE = 10;

export function openPostgresStore(url: string): Store {
  const pool = new Pool({ connectionString: url, max: POOL_SIZE });
  const texts = numbered(STATEMENTS);
  const query = async <Row>(
    on: Pool | PoolClient,
    name: keyof typeof texts,
    ...values: readonly unknown[]
  ): Promise<Row[]> => {
    return (await on.query({ name, text: texts[name], values: [...values] })).rows as Row[];
  };
  const inTransaction = async <T>(unit: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('START TRANSACTION');
      const result = await unit(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };

  const book = async (tx: PoolClient, { userId, lotId, vehicleNumber }: Booking) => {
    const [lot] = await query<{ price: number }>(tx, 'lotPrice', lotId);
    if (!lot) throw new HttpError(404, 'LOT_NOT_FOUND');
    if ((await query(tx, 'activeOf', userId)).length > 0)
      throw new HttpError(409, 'ALREADY_PARKED');
    const [spot] = await query<{ id: number }>(tx, 'takeSpot', lotId);
    if (!spot) throw new HttpError(409, 'LOT_FULL');
    const now = Date.now();
    const values = [spot.id, lotId, userId, now, lot.price, vehicleNumber, now, now];
    const [row] = await query<{ id: number }>(tx, 'reserve', ...values);
    await query(tx, 'countBooking', userId);
    return onlyRow(await query<BookingRow>(tx, 'booking', row?.id));
  };
  const release = async (tx: PoolClient, userId: number, id: number) => {
    const [stay] = await query<BookingRow>(tx, 'stay', id, userId);
    if (!stay) throw new HttpError(404, 'BOOKING_NOT_FOUND');
    const leftAt = Math.max(Date.now(), stay.parkedAt);
    const charged = cost(stay, leftAt);
    const left = await query(tx, 'leave', leftAt, charged, leftAt, id);
    if (left.length === 0) throw new HttpError(409, 'ALREADY_RELEASED');
    await query(tx, 'freeSpot', stay.spotId);
    await query(tx, 'countSpending', charged, userId);
    return onlyRow(await query<BookingRow>(tx, 'booking', id));
  };

  return {
    findSession: async (jti) => (await query<Session>(pool, 'session', jti))[0],
    findAccount: async (usernameKey) => (await query<AccountRow>(pool, 'account', usernameKey))[0],
    openSession: async (jti, account, expiresAt) => {
      await query(pool, 'openSession', jti, account.id, expiresAt);
    },
    availableLots: async () =>
      JSON.stringify(freeLots(await query<LotRow>(pool, 'lots')).map(lotResponse)),
    lots: async () =>
      JSON.stringify((await query<LotRow>(pool, 'lots')).slice(0, 500).map(lotResponse)),
    statistics: async () =>
      JSON.stringify(statisticsResponse(onlyRow(await query<StatisticsRow>(pool, 'statistics')))),
    bookings: async (userId) =>
      JSON.stringify((await query<BookingRow>(pool, 'bookings', userId)).map(bookingResponse)),
    book: async (booking) =>
      JSON.stringify(bookingResponse(await inTransaction((tx) => book(tx, booking)))),
    release: async (userId, id) => {
      const booking = bookingResponse(await inTransaction((tx) => release(tx, userId, id)));
      return JSON.stringify({ ...booking, cost: booking.parking_cost });
    },
  };
}

/** Replaces `?` with PostgreSQL's $1, $2, … */
function numbered<Texts extends Readonly<Record<string, string>>>(texts: Texts): Texts {
  const entries = Object.entries(texts).map(([name, text]) => {
    let parameters = 0;
    return [name, text.replaceAll('?', () => `$${(parameters += 1)}`)];
  });
  return Object.fromEntries(entries) as Texts;
}

function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (!row) throw new Error('Expected a row');
  return row;
}

import { Pool, type PoolClient, types } from 'pg';
import { statements } from './sql.js';
import {
  type AccountRow,
  type Booking,
  type BookingRow,
  cost,
  type LotRow,
  Refusal,
  type Session,
  type StatisticsRow,
  type Store,
} from './store.js';

types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

/** As many connections as the program opens by default. */
const POOL_SIZE = 10;

export function openPostgresStore(url: string): Store {
  const pool = new Pool({ connectionString: url, max: POOL_SIZE });
  const texts = numbered(statements((clause) => clause));
  const ask = async <Row>(
    on: Pool | PoolClient,
    name: keyof typeof texts,
    ...values: readonly unknown[]
  ): Promise<Row[]> => {
    return (await on.query(texts[name], [...values])).rows as Row[];
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

  const park = async (tx: PoolClient, { userId, lotId, vehicleNumber }: Booking) => {
    const [lot] = await ask<{ price: number }>(tx, 'lotPrice', lotId);
    if (!lot) throw new Refusal(404, 'LOT_NOT_FOUND');
    if ((await ask(tx, 'activeOf', userId)).length > 0) throw new Refusal(409, 'ALREADY_PARKED');
    const [spot] = await ask<{ id: number }>(tx, 'takeSpot', lotId);
    if (!spot) throw new Refusal(409, 'LOT_FULL');
    const now = Date.now();
    const values = [spot.id, lotId, userId, now, lot.price, vehicleNumber, now, now];
    const [row] = await ask<{ id: number }>(tx, 'reserve', ...values);
    await ask(tx, 'countBooking', userId);
    return one(await ask<BookingRow>(tx, 'booking', row?.id));
  };
  const leave = async (tx: PoolClient, userId: number, id: number) => {
    const [stay] = await ask<BookingRow>(tx, 'stay', id, userId);
    if (!stay) throw new Refusal(404, 'BOOKING_NOT_FOUND');
    const leftAt = Math.max(Date.now(), stay.parkedAt);
    const charged = cost(stay, leftAt);
    const left = await ask(tx, 'leave', leftAt, charged, leftAt, id);
    if (left.length === 0) throw new Refusal(409, 'ALREADY_RELEASED');
    await ask(tx, 'freeSpot', stay.spotId);
    await ask(tx, 'countSpending', charged, userId);
    return one(await ask<BookingRow>(tx, 'booking', id));
  };

  return {
    findSession: async (jti) => (await ask<Session>(pool, 'session', jti))[0],
    findAccount: async (usernameKey) => (await ask<AccountRow>(pool, 'account', usernameKey))[0],
    openSession: async (jti, account, expiresAt) => {
      await ask(pool, 'openSession', jti, account.id, expiresAt);
    },
    availableLots: () => ask<LotRow>(pool, 'availableLots'),
    lots: () => ask<LotRow>(pool, 'lots'),
    statistics: async () => one(await ask<StatisticsRow>(pool, 'statistics')),
    bookings: (userId) => ask<BookingRow>(pool, 'bookings', userId),
    book: (booking) => inTransaction((tx) => park(tx, booking)),
    release: (userId, id) => inTransaction((tx) => leave(tx, userId, id)),
  };
}

/** The same statements with $1, $2 for their parameters. */
function numbered<Texts extends Readonly<Record<string, string>>>(texts: Texts): Texts {
  const entries = Object.entries(texts).map(([name, text]) => {
    let parameters = 0;
    return [name, text.replaceAll('?', () => `$${(parameters += 1)}`)];
  });
  return Object.fromEntries(entries) as Texts;
}

function one<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (!row) throw new Error('There is no row');
  return row;
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openWriteDatabase,
  type WriteDatabase,
} from '../../../src/platform/database/data-sources.js';
import { Lot } from '../../../src/parking/lots/lot.entity.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

let directory: string;
let writer: WriteDatabase;

beforeEach(async () => {
  directory = temporaryDirectory();
  writer = await openWriteDatabase(join(directory, 'vpms.db'), [Lot]);
});
afterEach(async () => {
  if (writer.isInitialized) await writer.destroy();
  rmSync(directory, { recursive: true, force: true });
});

type Row = Readonly<Record<string, string | number | null>>;

async function insert(table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join(', ');
  await writer.query(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
    Object.values(row),
  );
}

const account = (id: number, fields: Row = {}) =>
  insert('accounts', {
    id,
    username: `User${id}`,
    username_key: `user${id}`,
    email: `User${id}@example.com`,
    email_key: `user${id}@example.com`,
    password_hash: '-',
    role: 'user',
    created_at: 0,
    updated_at: 0,
    ...fields,
  });

const lot = (id: number, fields: Row = {}) =>
  insert('lots', {
    id,
    name: 'Lot',
    address: 'Here',
    pin_code: '110001',
    price_per_hour: 100,
    number_of_spots: 2,
    created_at: 0,
    updated_at: 0,
    ...fields,
  });

const spot = (id: number, fields: Row = {}) =>
  insert('spots', { id, lot_id: 1, number: id, created_at: 0, ...fields });

const reservation = (fields: Row = {}) =>
  insert('reservations', {
    status: fields['left_at'] === undefined ? 'active' : 'completed',
    spot_id: 1,
    lot_id: 1,
    user_id: 1,
    parked_at: 1_000,
    price_per_hour: 100,
    created_at: 0,
    updated_at: 0,
    ...fields,
  });

describe('the database schema', () => {
  beforeEach(async () => {
    for (const id of [1, 2]) await account(id);
    await lot(1);
    for (const id of [1, 2]) await spot(id);
  });

  it('accepts valid rows', async () => {
    await reservation();
    await reservation({ spot_id: 2, user_id: 2, left_at: 1_000, cost: 0 });
    await reservation({ spot_id: 2, user_id: 2, left_at: 2_000, cost: 100 });
    await spot(3, { retired_at: 5 });
    await spot(4, { status: 'O' });
    const [count] = await writer.query('SELECT COUNT(*) AS reservations FROM reservations');
    expect(count).toEqual({ reservations: 3 });
  });

  const wrong: readonly [string, () => Promise<void>, RegExp][] = [
    ['a second active reservation of a spot', () => reservation({ user_id: 2 }), /UNIQUE.*spot_id/],
    [
      'a second active reservation of a driver',
      () => reservation({ spot_id: 2 }),
      /UNIQUE.*user_id/,
    ],
    ['leaving before parking', () => reservation({ user_id: 2, left_at: 999, cost: 1 }), /CHECK/],
    ['a cost without leaving', () => reservation({ spot_id: 2, user_id: 2, cost: 100 }), /CHECK/],
    ['leaving without a cost', () => reservation({ user_id: 2, left_at: 2_000 }), /CHECK/],
    ['a negative cost', () => reservation({ user_id: 2, left_at: 2_000, cost: -1 }), /CHECK/],
    ['a reservation of no driver', () => reservation({ spot_id: 2, user_id: 99 }), /FOREIGN KEY/],
    ['a reservation of no spot', () => reservation({ spot_id: 99, user_id: 2 }), /FOREIGN KEY/],
    [
      'a reservation in no lot',
      () => reservation({ spot_id: 2, user_id: 2, lot_id: 9 }),
      /FOREIGN KEY/,
    ],
    ['an occupied spot that is retired', () => spot(3, { status: 'O', retired_at: 5 }), /CHECK/],
    ['a status that is none', () => spot(3, { status: 'X' }), /CHECK/],
    ['two spots of one number in a lot', () => spot(3, { number: 1 }), /UNIQUE.*number/],
    ['a spot numbered 0', () => spot(3, { number: 0 }), /CHECK/],
    ['a spot of no lot', () => spot(3, { lot_id: 99 }), /FOREIGN KEY/],
    ['a lot without spots', () => lot(2, { number_of_spots: 0 }), /CHECK/],
    ['a negative price', () => lot(2, { price_per_hour: -1 }), /CHECK/],
    ['a name twice', () => account(3, { username_key: 'user1' }), /UNIQUE.*username/],
    ['an e-mail twice', () => account(3, { email_key: 'user1@example.com' }), /UNIQUE.*email/],
    ['a role that is none', () => account(3, { role: 'owner' }), /CHECK/],
    [
      'negative totals',
      () => insert('driver_totals', { user_id: 1, bookings: 1, spent: -1 }),
      /CHECK/,
    ],
  ];
  it.each(wrong)('refuses %s', async (_, write, reason) => {
    await reservation();
    await expect(write()).rejects.toThrow(reason);
  });

  it.each(['lots', 'spots', 'accounts'])(
    'refuses to delete %s that past reservations need',
    async (table) => {
      await reservation({ left_at: 2_000, cost: 100 });
      await expect(writer.query(`DELETE FROM ${table}`)).rejects.toThrow(/FOREIGN KEY/);
    },
  );
});

describe('instants and money', () => {
  it.each([
    ['2026-03-01T09:30:00.123Z', 1_610],
    ['1969-12-31T23:59:59.999Z', 0],
    ['9999-12-31T23:59:59.999Z', 9_007_199_254_740_991],
  ])('are stored exactly: %s and %i', async (instant, pricePerHour) => {
    const createdAt = new Date(instant);
    const stored = writer.manager.create(Lot, {
      name: 'Lot',
      address: 'Here',
      pinCode: '110001',
      pricePerHour,
      numberOfSpots: 1,
      createdAt,
      updatedAt: createdAt,
      retiredAt: null,
    });
    await writer.manager.insert(Lot, stored);
    const found = await writer.manager.findOneByOrFail(Lot, { id: stored.id });
    expect(found).toMatchObject({ pricePerHour, createdAt, retiredAt: null });
    const [raw] = await writer.query('SELECT typeof(created_at) AS instant FROM lots');
    expect(raw).toEqual({ instant: 'integer' });
  });
});

describe('migrations', () => {
  const schema = () =>
    writer.query(`SELECT type, name, sql FROM sqlite_master
      WHERE name NOT LIKE 'sqlite_%' AND name <> 'migrations' ORDER BY name`);

  it('have no effect the second time', async () => {
    const before = await schema();
    await writer.destroy();
    writer = await openWriteDatabase(join(directory, 'vpms.db'), [Lot]);
    expect(await writer.runMigrations({ transaction: 'none' })).toEqual([]);
    expect(await schema()).toEqual(before);
  });

  it('can be reverted completely and run again to the same schema', async () => {
    const before = await schema();
    expect(before).not.toEqual([]);
    for (let left = writer.migrations.length; left > 0; left -= 1) {
      await writer.undoLastMigration({ transaction: 'all' });
    }
    expect(
      await schema(),
      'The migrations leave these tables or indexes behind when they are reverted: `down` must remove what `up` adds.',
    ).toEqual([]);
    await writer.runMigrations({ transaction: 'all' });
    expect(await schema()).toEqual(before);
  });

  it('keep existing rows', async () => {
    await lot(7, { name: 'Kept' });
    await writer.destroy();
    writer = await openWriteDatabase(join(directory, 'vpms.db'), [Lot]);
    expect(await writer.manager.findOneBy(Lot, { id: 7 })).toMatchObject({ name: 'Kept' });
  });
});

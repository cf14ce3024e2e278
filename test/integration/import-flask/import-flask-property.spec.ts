import { rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/tools/import-flask/report/summary.js';
import type { FlaskCells } from '../../support/flask/flask-database.js';
import { flaskLot, flaskSpot, flaskUser, QUICK_HASH } from '../../support/flask/flask-rows.js';
import { ImportFolder, RULES_OLD_DATA_BREAKS } from '../../support/flask/import-folder.js';
import { violationsOf } from '../../support/checks/violations.js';

/** Few ids, so that rows refer to each other; some unused and some invalid. */
const id = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 5 }) },
  fc.constantFrom(null, 0, -3, 9.5, 99, 'x'),
);
const instant = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .integer({ min: 0, max: 20 })
      .map((hour) => `2025-02-01 ${String(hour).padStart(2, '0')}:00:00.057133`),
  },
  fc.constantFrom(
    null,
    '',
    'soon',
    '2025-02-30 00:00:00',
    '2025-02-03',
    17,
    '1969-12-31 23:59:59.999999',
    '9999-12-31 23:59:59',
  ),
);
const money = fc.oneof(
  fc.constantFrom(11.0, 16.499999, 2.675, null, -1, 'many', 1e300, 1e-9, 0, '12.5'),
  fc.double({ min: 0, max: 1e7, noNaN: true }),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(null, '', 'bob', 'Bob', 'bob-2', 'deleted-3', 7, 'a'.repeat(300)),
);

const user = fc.record<FlaskCells>({
  username: text,
  email: fc.oneof(
    text,
    fc.constantFrom('bob@example.com', 'BOB@example.com', 'user-2@imported.invalid'),
  ),
  password_hash: fc.constantFrom(QUICK_HASH, null, 'plain', 'scrypt:1:1:1$a$00'),
  role: fc.constantFrom('user', 'user', 'admin', 'Admin', null),
  created_at: instant,
  updated_at: instant,
});
const lot = fc.record<FlaskCells>({
  prime_location_name: text,
  address: text,
  pin_code: text,
  price: money,
  number_of_spots: fc.constantFrom(0, 1, 7, null, -1, 'x'),
  created_at: instant,
  updated_at: instant,
});
const spot = fc.record<FlaskCells>({
  lot_id: id,
  status: fc.constantFrom('A', 'O', null, 'x'),
  spot_number: fc.constantFrom('1', '2', '01', 'A1', null, '0', '99999999999999', '3.5'),
  created_at: instant,
});
const reservation = fc.record<FlaskCells>({
  spot_id: id,
  user_id: id,
  parking_timestamp: instant,
  leaving_timestamp: fc.oneof(
    { weight: 1, arbitrary: instant },
    { weight: 2, arbitrary: fc.constant(null) },
  ),
  parking_cost: money,
  price_per_hour: money,
  remarks: text,
  vehicle_number: text,
  created_at: instant,
  updated_at: instant,
});

/** Rows with unique ids, which may have gaps or be negative. */
function table(row: fc.Arbitrary<FlaskCells>, max: number): fc.Arbitrary<FlaskCells[]> {
  const numbered = fc
    .tuple(fc.integer({ min: -1, max }), row)
    .map(([key, cells]) => ({ ...cells, id: key }));
  return fc.uniqueArray(numbered, { maxLength: max, selector: (cells) => cells['id'] });
}

/** Each query finds rows that the program itself could not have created. */
const FAULTS = [
  'SELECT id FROM accounts WHERE length(username) NOT BETWEEN 3 AND 80',
  'SELECT id FROM reservations WHERE updated_at < left_at',
];

type Content = Readonly<
  Record<'users' | 'parking_lots' | 'parking_spots' | 'reservations', readonly FlaskCells[]>
>;

/** Adds valid rows, so that many bookings have a driver and a spot, and conflict with others. */
function withValidRows(random: Content): Content {
  const add = (valid: readonly FlaskCells[], rows: readonly FlaskCells[]) => [
    ...valid,
    ...rows.filter(({ id }) => !valid.some((row) => row['id'] === id)),
  ];
  return {
    users: add([flaskUser(1), flaskUser(2), flaskUser(3)], random.users),
    parking_lots: add([flaskLot(1)], random.parking_lots),
    parking_spots: add([flaskSpot(1), flaskSpot(2), flaskSpot(3)], random.parking_spots),
    reservations: random.reservations,
  };
}

describe('the import of a random invalid Flask file', () => {
  it('satisfies all rules and accounts for every row', { timeout: 240_000 }, async () => {
    const files = fc.record({
      users: table(user, 8),
      parking_lots: table(lot, 4),
      parking_spots: table(spot, 9),
      reservations: table(reservation, 14),
    });
    await fc.assert(
      fc.asyncProperty(files, async (random) => {
        const content = withValidRows(random);
        using move = new ImportFolder(content);
        const report = await move.run();
        expect(await violationsOf(move, RULES_OLD_DATA_BREAKS)).toEqual({});
        for (const fault of FAULTS) expect(move.query(fault)).toEqual([]);
        const tables = {
          users: 'accounts',
          parking_lots: 'lots',
          parking_spots: 'spots',
          reservations: 'reservations',
        };
        for (const [flask, ours] of Object.entries(tables)) {
          const { read, imported, refused, entries } = report.tables[flask as keyof typeof tables];
          const rows = content[flask as keyof typeof tables];
          expect([read, imported + refused]).toEqual([rows.length, rows.length]);
          const there = new Set(move.query(`SELECT id FROM ${ours}`).map((row) => row['id']));
          const refusals = entries
            .filter(({ kind }) => kind === 'refused')
            .flatMap(({ details }) => details);
          expect(refusals).toHaveLength(refused);
          for (const row of rows)
            expect(there.has(row['id']) || refusals.includes(String(row['id']))).toBe(true);
        }
        expect(summarize(report)).not.toMatch(/(?!\n)\p{Cc}/u);
        rmSync(move.target);
      }),
      { numRuns: 40 },
    );
  });
});

import type { CrashEnvironment } from './environment.js';

export interface BookingRow {
  readonly id: number;
  readonly user_id: number;
  readonly lot_id: number;
  readonly vehicle_number: string;
  readonly left_at: number | null;
  /** In minor units. */
  readonly cost: number | null;
  readonly price_per_hour: number;
  readonly status: string;
  readonly reserved_from: number | null;
  readonly reserved_until: number | null;
  readonly hold_expires_at: number | null;
  readonly lapses_at: number | null;
  readonly ended_at: number | null;
}

export interface LotRow {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  /** In minor units. */
  readonly price_per_hour: number;
  readonly number_of_spots: number;
  readonly retired_at: number | null;
}

export interface ExportRow {
  readonly id: string;
  readonly user_id: number;
  readonly status: string;
  readonly attempt: number;
}

export interface GateEventRow {
  readonly gate_id: number;
  readonly event_id: string;
  readonly reason: string;
}

/** The data that the clients compare with, at one instant without load. */
export interface Snapshot {
  /** In ms, immediately after the bookings were read. */
  readonly takenAt: number;
  readonly bookings: ReadonlyMap<number, readonly BookingRow[]>;
  readonly lots: readonly LotRow[];
  readonly exports: readonly ExportRow[];
  readonly usernames: ReadonlySet<string>;
  readonly gateEvents: readonly GateEventRow[];
}

export async function takeSnapshot(site: CrashEnvironment): Promise<Snapshot> {
  const bookings = await site.query<BookingRow>(
    `SELECT id, user_id, lot_id, vehicle_number, left_at, cost, price_per_hour, status,
      reserved_from, reserved_until, hold_expires_at, lapses_at, ended_at FROM reservations`,
  );
  const takenAt = Date.now();
  const accounts = await site.query<{ username: string }>('SELECT username FROM accounts');
  return {
    takenAt,
    bookings: groupBy(bookings, ({ user_id }) => user_id),
    lots: await site.query('SELECT * FROM lots'),
    exports: await site.query('SELECT id, user_id, status, attempt FROM exports'),
    gateEvents: await site.query('SELECT gate_id, event_id, reason FROM gate_events ORDER BY id'),
    usernames: new Set(accounts.map(({ username }) => username)),
  };
}

/** `Map.groupBy` does not exist on Node 20. */
export function groupBy<Row, Key>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Map<Key, readonly Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

/** Any value of a SQLite column, because SQLite does not enforce column types. */
export type Cell = string | number | Buffer | null;

type Row<Column extends string> = Readonly<Record<Column, Cell>>;

export type UserRow = Row<
  'id' | 'username' | 'email' | 'password_hash' | 'role' | 'created_at' | 'updated_at'
>;

export type FlaskLotRow = Row<
  | 'id'
  | 'prime_location_name'
  | 'address'
  | 'pin_code'
  | 'price'
  | 'number_of_spots'
  | 'created_at'
  | 'updated_at'
>;

export type FlaskSpotRow = Row<'id' | 'lot_id' | 'status' | 'spot_number' | 'created_at'>;

export type FlaskReservationRow = Row<
  | 'id'
  | 'spot_id'
  | 'user_id'
  | 'parking_timestamp'
  | 'leaving_timestamp'
  | 'parking_cost'
  | 'price_per_hour'
  | 'remarks'
  | 'vehicle_number'
  | 'created_at'
  | 'updated_at'
>;

export interface FlaskRows {
  readonly users: UserRow;
  readonly parking_lots: FlaskLotRow;
  readonly parking_spots: FlaskSpotRow;
  readonly reservations: FlaskReservationRow;
}

export type FlaskTable = keyof FlaskRows;

interface Columns {
  readonly required: readonly string[];
  /** Columns that older files lack; read as null. */
  readonly optional: readonly string[];
}

/** Schema of the Flask application. */
export const FLASK_TABLES: Readonly<Record<FlaskTable, Columns>> = {
  users: {
    required: ['id', 'username', 'email', 'password_hash', 'role', 'created_at'],
    optional: ['updated_at'],
  },
  parking_lots: {
    required: [
      'id',
      'prime_location_name',
      'address',
      'pin_code',
      'price',
      'number_of_spots',
      'created_at',
    ],
    optional: ['updated_at'],
  },
  parking_spots: {
    required: ['id', 'lot_id', 'status', 'created_at'],
    optional: ['spot_number'],
  },
  reservations: {
    required: [
      'id',
      'spot_id',
      'user_id',
      'parking_timestamp',
      'leaving_timestamp',
      'parking_cost',
      'remarks',
      'created_at',
    ],
    optional: ['price_per_hour', 'vehicle_number', 'updated_at'],
  },
};

/** SQL condition of an active reservation. */
export const IS_ACTIVE = 'leaving_timestamp IS NULL';

/** Leaves room for further ids below JavaScript's largest safe integer. */
const MAX_ID = 2 ** 50;

/** Whether VPMS can use the value as an id. */
export function isId(cell: Cell | undefined): cell is number {
  return typeof cell === 'number' && Number.isSafeInteger(cell) && cell >= 1 && cell <= MAX_ID;
}

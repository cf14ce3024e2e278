import Database from 'better-sqlite3';

/** Columns that older versions of the Flask application lack. */
export type LateColumn = 'updated_at' | 'spot_number' | 'price_per_hour' | 'vehicle_number';

type Cell = string | number | Buffer | null;
export type FlaskCells = Readonly<Record<string, Cell>>;

/** The rows of a Flask file; omitted columns are null. */
export interface FlaskContent {
  readonly users?: readonly FlaskCells[];
  readonly parking_lots?: readonly FlaskCells[];
  readonly parking_spots?: readonly FlaskCells[];
  readonly reservations?: readonly FlaskCells[];
}

/** The tables as SQLAlchemy creates them. The Flask application never enables foreign keys. */
const TABLES: Readonly<Record<keyof FlaskContent, readonly string[]>> = {
  users: [
    'id INTEGER NOT NULL PRIMARY KEY',
    'username VARCHAR(80)',
    'email VARCHAR(120)',
    'password_hash VARCHAR(255)',
    'role VARCHAR(20)',
    'created_at DATETIME',
    'updated_at DATETIME',
  ],
  parking_lots: [
    'id INTEGER NOT NULL PRIMARY KEY',
    'prime_location_name VARCHAR(200)',
    'address TEXT',
    'pin_code VARCHAR(10)',
    'price FLOAT',
    'number_of_spots INTEGER',
    'created_at DATETIME',
    'updated_at DATETIME',
  ],
  parking_spots: [
    'id INTEGER NOT NULL PRIMARY KEY',
    'lot_id INTEGER REFERENCES parking_lots (id)',
    'status VARCHAR(1)',
    'spot_number VARCHAR(20)',
    'created_at DATETIME',
  ],
  reservations: [
    'id INTEGER NOT NULL PRIMARY KEY',
    'spot_id INTEGER REFERENCES parking_spots (id)',
    'user_id INTEGER REFERENCES users (id)',
    'parking_timestamp DATETIME',
    'leaving_timestamp DATETIME',
    'parking_cost FLOAT',
    'price_per_hour FLOAT',
    'remarks TEXT',
    'vehicle_number VARCHAR(20)',
    'created_at DATETIME',
    'updated_at DATETIME',
  ],
};

/** Writes a file as the Flask application does, without the given columns. */
export function writeFlaskDatabase(
  path: string,
  content: FlaskContent = {},
  without: readonly LateColumn[] = [],
): void {
  const database = new Database(path);
  database.pragma('foreign_keys = OFF');
  database.transaction(() => {
    for (const [table, definitions] of Object.entries(TABLES)) {
      const present = definitions.filter((text) => !without.some((name) => text.startsWith(name)));
      database.exec(`CREATE TABLE ${table} (${present.join(', ')})`);
      const columns = present.map((text) => text.split(' ')[0] ?? '');
      const insert = database.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      for (const row of content[table as keyof FlaskContent] ?? []) {
        insert.run(columns.map((column) => row[column] ?? null));
      }
    }
  })();
  database.close();
}

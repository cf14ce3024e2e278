// Writes a large database file of the Flask application, for measurements of the import. Usage:
//   node test/support/flask/write-large-file.mjs PATH [USERS] [RESERVATIONS]
// A few percent of the bookings have a fault.
import { scryptSync } from 'node:crypto';
import Database from 'better-sqlite3';

const [path = 'large-vpms.db', users = 100_000, reservations = 1_000_000] = process.argv
  .slice(2)
  .map((text, index) => (index === 0 ? text : Number(text)));
const LOTS = 200;
const SPOTS = Math.ceil(users / 5);
const SALT = 'Zm9vYmFyYmF6cXV4';
const KEY = scryptSync('flask123', SALT, 64, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 });
const HASH = `scrypt:32768:8:1$${SALT}$${KEY.toString('hex')}`;

const database = new Database(path);
database.exec(`
  CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, username VARCHAR(80), email VARCHAR(120),
    password_hash VARCHAR(255), role VARCHAR(20), created_at DATETIME, updated_at DATETIME);
  CREATE TABLE parking_lots (id INTEGER NOT NULL PRIMARY KEY, prime_location_name VARCHAR(200),
    address TEXT, pin_code VARCHAR(10), price FLOAT, number_of_spots INTEGER, created_at DATETIME,
    updated_at DATETIME);
  CREATE TABLE parking_spots (id INTEGER NOT NULL PRIMARY KEY, lot_id INTEGER, status VARCHAR(1),
    spot_number VARCHAR(20), created_at DATETIME);
  CREATE TABLE reservations (id INTEGER NOT NULL PRIMARY KEY, spot_id INTEGER, user_id INTEGER,
    parking_timestamp DATETIME, leaving_timestamp DATETIME, parking_cost FLOAT,
    price_per_hour FLOAT, remarks TEXT, vehicle_number VARCHAR(20), created_at DATETIME,
    updated_at DATETIME);`);

database.transaction(() => {
  insert('users', users, (id) => {
    const role = id === 1 ? 'admin' : 'user';
    return [id, `driver${id}`, `driver${id}@example.com`, HASH, role, at(id), at(id)];
  });
  insert('parking_lots', LOTS, (id) => {
    return [id, `Lot ${id}`, `${id} Main Street`, '110001', 10.5, 7, at(id), at(id)];
  });
  insert('parking_spots', SPOTS, (id) => {
    return [id, 1 + (id % LOTS), 'A', String(1 + Math.floor(id / LOTS)), at(id)];
  });
  insert('reservations', reservations, (id) => {
    // Some bookings are on spots that do not exist, and some on the same spot as the booking before.
    const like = id % 100 === 3 ? id - 1 : id;
    const spot = id % 100 === 7 ? SPOTS + (id % 5_000) : 1 + ((like * 7_919) % SPOTS);
    const user = 1 + ((id * 104_729) % users);
    const left = id > reservations - users / 10 ? null : at(id + 90);
    const cost = id % 100 === 9 ? 20.999999 : 21;
    const vehicle = `DL 01 AB ${id}`;
    return [id, spot, user, at(id), left, cost, 10.5, 'a remark', vehicle, at(id), at(id + 90)];
  });
})();
database.close();

/** @param {string} table @param {number} count @param {(id: number) => unknown[]} row */
function insert(table, count, row) {
  const places = row(1).map(() => '?');
  const statement = database.prepare(`INSERT INTO ${table} VALUES (${places.join(', ')})`);
  for (let id = 1; id <= count; id += 1) statement.run(row(id));
}

/** @param {number} minutes */
function at(minutes) {
  const iso = new Date(Date.UTC(2024, 0, 1) + minutes * 60_000).toISOString();
  return iso.replace('T', ' ').replace('Z', '123');
}

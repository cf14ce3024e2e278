import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACTIVE,
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
  pbkdf2Hash,
  scryptHash,
} from '../support/flask/flask-rows.js';
import { Move, PAST } from '../support/flask/import.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import {
  createTestDatabase,
  databaseEnvironment,
  queryDatabase,
} from '../support/test-database.js';
import { violationsOf } from '../support/violations.js';

/** Two drivers on one spot, a driver on two, a spot that is gone, an admin, two kinds of hashes. */
const CONTENT = {
  users: [
    flaskUser(1, { username: 'boss', role: 'admin', password_hash: scryptHash('boss123') }),
    flaskUser(10, { username: 'anna', password_hash: pbkdf2Hash('old pass') }),
    flaskUser(11, { username: 'Anna', password_hash: scryptHash('old pass') }),
  ],
  parking_lots: [flaskLot(3)],
  parking_spots: [flaskSpot(8, { lot_id: 3, status: 'O' }), flaskSpot(9, { lot_id: 3 })],
  reservations: [
    flaskReservation(500, { ...ACTIVE, user_id: 10, spot_id: 8 }),
    flaskReservation(501, { ...ACTIVE, user_id: 11, spot_id: 8 }),
    flaskReservation(499, { user_id: 11, spot_id: 77 }),
  ],
};

describe('a move from Flask, on either database', () => {
  const move = new Move(CONTENT);
  let vpms: TestApp;

  beforeAll(async () => {
    await createTestDatabase(move.dataDirectory);
    await move.run(databaseEnvironment(move.dataDirectory));
    vpms = await startTestApp({ dataDirectory: move.dataDirectory });
  });
  afterAll(() => vpms[Symbol.asyncDispose]());

  const login = (role: string, username: string, password: string) =>
    vpms.http.post(`/api/${role}/login`, { body: { username, password } });

  it('keeps every booking and breaks no rule', async () => {
    const sql = 'SELECT id, left_at IS NULL AS active FROM reservations ORDER BY id';
    const rows = await queryDatabase<{ id: number; active: number | boolean }>(
      move.dataDirectory,
      sql,
    );
    expect(rows.map(({ id, active }) => [id, Boolean(active)])).toEqual([
      [499, false],
      [500, false],
      [501, true],
    ]);
    expect(await violationsOf(vpms, PAST)).toEqual({});
  });

  it('lets everyone in with the old password, and gives new ids after the imported ones', async () => {
    expect((await login('admin', 'boss', 'boss123')).status).toBe(200);
    expect((await login('user', 'anna', 'wrong pass')).status).toBe(401);
    const driver = await login('user', 'anna', 'old pass');
    expect(driver.status).toBe(200);
    const again = await login('user', 'anna', 'old pass');
    expect(again.status).toBe(200);
    const { body } = await vpms.http.post('/api/user/book-parking', {
      token: driver.body.token,
      body: { lot_id: 3 },
    });
    expect(body).toMatchObject({ id: 502, lot_id: 3, spot_id: 9, user_id: 10 });
  });
});

import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import {
  ACTIVE,
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
  pbkdf2Hash,
  scryptHash,
} from '../../support/flask/flask-rows.js';
import { ImportFolder } from '../../support/flask/import-folder.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';

const OLD_HASHES: readonly (readonly [name: string, hash: string])[] = [
  ['scrypt', scryptHash('pass wörd 1')],
  ['scrypt-cheap', scryptHash('pass wörd 1', [1024, 4, 2])],
  ['pbkdf2', pbkdf2Hash('pass wörd 1')],
  ['pbkdf2-sha512', pbkdf2Hash('pass wörd 1', 'sha512', 1000)],
  ['pbkdf2-sha1', pbkdf2Hash('pass wörd 1', 'sha1', 1000)],
];

/** Hashes that match no password and must not exhaust the machine. */
const HOSTILE: readonly (readonly [name: string, hash: string])[] = [
  ['short-key', 'scrypt:1024:8:1$salt$00'],
  ['short-pbkdf2', 'pbkdf2:sha256:1$salt$00'],
  ['no-key', 'pbkdf2:sha256:1$salt$'],
  ['huge-scrypt', `scrypt:1073741824:8:1$salt$${'0'.repeat(128)}`],
  ['huge-pbkdf2', `pbkdf2:sha256:999999999999$salt$${'0'.repeat(64)}`],
  ['huge-argon2', '$argon2id$v=19$m=4194304,t=99,p=1$c2FsdHNhbHQ$aGFzaGhhc2g'],
  ['plain', 'plain$$pass wörd 1'],
];

describe('passwords of a Flask file', () => {
  const names = [...OLD_HASHES, ...HOSTILE];
  const move = new ImportFolder({
    users: [
      flaskUser(1, { username: 'boss', role: 'admin', password_hash: scryptHash('boss123') }),
      ...names.map(([username, hash], index) =>
        flaskUser(index + 10, { username, password_hash: hash }),
      ),
      flaskUser(60, { username: 'twice', password_hash: scryptHash('pass wörd 1') }),
      flaskUser(61, { username: 'changer', password_hash: scryptHash('pass wörd 1') }),
      flaskUser(62, { username: 'unlucky', password_hash: null }),
    ],
    parking_lots: [flaskLot(3)],
    parking_spots: [flaskSpot(8, { lot_id: 3, status: 'O' }), flaskSpot(9, { lot_id: 3 })],
    reservations: [
      flaskReservation(500, { ...ACTIVE, user_id: 10, spot_id: 8 }),
      flaskReservation(499, { user_id: 70, spot_id: 8 }),
    ],
  });
  let vpms: TestApp;
  const login = (username: string, password: string, role = 'user') =>
    vpms.http.post(`/api/${role}/login`, { body: { username, password } });
  const hashOf = (username: string): string =>
    String(
      move.query(`SELECT password_hash AS hash FROM accounts WHERE username = '${username}'`)[0]?.[
        'hash'
      ],
    );

  beforeAll(async () => {
    await move.run();
    vpms = await startTestApp({ dataDirectory: move.dataDirectory });
  });
  afterAll(async () => {
    await vpms[Symbol.asyncDispose]();
    move[Symbol.dispose]();
  });

  it.each(OLD_HASHES)(
    'stay valid, and a login replaces %s with Argon2id',
    async (username, hash) => {
      expect(hashOf(username)).toBe(hash);
      expect((await login(username, 'pass word 1')).status).toBe(401);
      expect(hashOf(username)).toBe(hash);
      const first = await login(username.toUpperCase(), 'pass wörd 1');
      expect(first.status).toBe(200);
      const renewed = hashOf(username);
      expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      expect((await vpms.http.get('/api/auth/me', { token: first.body.token })).status).toBe(200);
      expect((await login(username, 'pass wörd 1')).status).toBe(200);
      expect(hashOf(username)).toBe(renewed);
      expect((await login(username, 'pass word 1')).status).toBe(401);
    },
  );

  it("let the file's admin log in, and no other admin is created", async () => {
    expect((await login('boss', 'boss123', 'admin')).status).toBe(200);
    expect((await login('boss', 'boss123')).status).toBe(401);
    expect(move.query("SELECT username FROM accounts WHERE role = 'admin'")).toHaveLength(1);
  });

  it.each(HOSTILE)('match nothing if the hash is %s', async (username, hash) => {
    for (const password of ['pass wörd 1', '', hash]) {
      const response = await login(username, password);
      expect([response.status, response.body.code]).toEqual([401, 'CREDENTIALS_WRONG']);
    }
    expect(hashOf(username)).toBe(hash);
  });

  it('match nothing for a locked account, which gets the response of a wrong password', async () => {
    for (const username of ['deleted-70', 'unlucky']) {
      for (const password of ['!', '', 'pass wörd 1']) {
        const locked = await login(username, password);
        const wrong = await login('twice', 'wrong');
        expect([locked.status, locked.body.code, locked.body.detail]).toEqual([
          401,
          wrong.body.code,
          wrong.body.detail,
        ]);
      }
      expect(hashOf(username)).toBe('!');
    }
  });

  it('cost the same work if they are refused', async () => {
    const cases = { known: 'twice', renewed: 'pbkdf2', unknown: 'unknown', locked: 'deleted-70' };
    const least: Record<string, number> = {};
    for (let round = 0; round < 5; round += 1) {
      for (const [name, username] of Object.entries(cases)) {
        const start = process.cpuUsage();
        await login(username, 'wrong');
        const { user, system } = process.cpuUsage(start);
        least[name] = Math.min(least[name] ?? Infinity, user + system);
      }
    }
    const work = Object.values(least);
    // The test measures CPU time, which does not depend on the load of the machine. If the program did not
    // equalize the work, it would differ by a factor of three.
    expect(Math.max(...work) / Math.min(...work)).toBeLessThan(2);
  });

  it('survive concurrent logins, each of which gets a valid token', async () => {
    // Each login begins before the previous one has checked its password, so that some logins read the old
    // hash and finish after it is replaced.
    const responses = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        await setTimeout(index * 15);
        return login('twice', 'pass wörd 1');
      }),
    );
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    for (const { body } of responses) {
      expect((await vpms.http.get('/api/auth/me', { token: body.token })).status).toBe(200);
    }
  });

  it('can be changed while a login replaces the hash, and the change wins', async () => {
    let current = 'pass wörd 1';
    for (const delay of [0, 30, 60, 90, 120, 150]) {
      const { token } = (await login('changer', current)).body;
      // Restore an old hash, so that the concurrent logins replace it.
      const old = scryptHash(current);
      await vpms.app
        .get(TransactionRunner)
        .run((tx) => tx.sql`UPDATE accounts SET password_hash = ${old} WHERE username = 'changer'`);
      const next = `another ${delay}`;
      const [changed] = await Promise.all([
        setTimeout(delay).then(() =>
          vpms.http.post('/api/auth/change-password', {
            token,
            body: { current_password: current, new_password: next },
          }),
        ),
        ...Array.from({ length: 2 }, () => login('changer', current)),
      ]);
      expect(changed.status).toBe(204);
      expect((await login('changer', current)).status).toBe(401);
      expect((await login('changer', next)).status).toBe(200);
      current = next;
    }
  });

  it('let drivers continue: release imported bookings and create new ones', async () => {
    const { token } = (await login('scrypt', 'pass wörd 1')).body;
    const active = await vpms.http.get('/api/user/active-booking', { token });
    expect(active.body).toMatchObject({ id: 500, spot_id: 8, lot_id: 3, user_id: 10 });
    expect((await vpms.http.post('/api/user/bookings/500/release', { token })).status).toBe(200);
    const booked = await vpms.as({ token }).book(3);
    expect([booked.status, booked.body.id]).toEqual([201, 501]);
    const boss = (await login('boss', 'boss123', 'admin')).body.token;
    const lot = await vpms.http.post('/api/admin/parking-lots', {
      token: boss,
      body: {
        prime_location_name: 'New',
        address: 'A',
        pin_code: '110001',
        price: 1,
        number_of_spots: 1,
      },
    });
    expect(lot.body.id).toBe(4);
    const spots = await vpms.http.get('/api/admin/parking-lots/4/spots', { token: boss });
    expect(spots.body[0].id).toBe(10);
    const registered = await vpms.http.post('/api/user/register', {
      body: { username: 'new.driver', email: 'new@example.com', password: 'test123' },
    });
    expect(registered.body.user.id).toBe(71);
  });
});

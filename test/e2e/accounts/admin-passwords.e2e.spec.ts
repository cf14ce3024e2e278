import { hash } from '@node-rs/argon2';
import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertUncommonAdminPasswords } from '../../../src/auth/passwords/admin-passwords.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember, PASSWORD } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { countRows } from '../../support/data/test-database.js';

/** Returns a hash in the program's own format, with parameters that make it cheap to compute. */
const argon2 = (password: string) => hash(password, { memoryCost: 8, timeCost: 1 });
const werkzeug = (password: string) =>
  `pbkdf2:sha256:1$salt$${pbkdf2Sync(password, 'salt', 1, 32, 'sha256').toString('hex')}`;

describe('in production, the password of an operator', () => {
  const password = 'correct horse battery staple';
  const vpms = useTestApp({
    environment: {
      NODE_ENV: 'production',
      JWT_SECRET: 'a secret of more than thirty-two characters',
      ADMIN_PASSWORD: password,
    },
  });

  it('is not a common one when it is created or changed, because the program would not start', async () => {
    const { token } = await createMember(vpms, 'admin');
    for (const common of ['password123', 'namesake']) {
      const body = { username: 'namesake', email: 'new@example.com', password: common };
      const created = await vpms.http.post('/api/admin/admins', { token, body });
      expectProblem(created, '400 VALIDATION_FAILED', ['password']);
    }
    const changed = await vpms.http.post('/api/auth/change-password', {
      token,
      body: { current_password: PASSWORD, new_password: 'password123' },
    });
    expectProblem(changed, '400 VALIDATION_FAILED', ['new_password']);
    const driver = { username: 'driver', email: 'd@example.com', password: 'password123' };
    expect((await vpms.http.post('/api/admin/users', { token, body: driver })).status).toBe(201);
  });
});

describe('the check of admin passwords', () => {
  const configured = 'correct horse battery staple';
  const vpms = useTestApp({ environment: { ADMIN_PASSWORD: configured } });

  const check = (adminPassword = configured) =>
    assertUncommonAdminPasswords(
      vpms.app.get(ReadDatabase),
      vpms.app.get(TransactionRunner),
      adminPassword,
    );
  const setHash = (id: number, passwordHash: string) =>
    vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`UPDATE accounts SET password_hash = ${passwordHash} WHERE id = ${id}`;
    });

  it('names the id of an admin with a default or common password, even with an imported hash', async () => {
    const admin = await createMember(vpms, 'admin');
    for (const password of ['admin123', '123456', 'freedom', 'password123', admin.username]) {
      for (const hashed of [await argon2(password), werkzeug(password)]) {
        await setHash(admin.id, hashed);
        await expect(check()).rejects.toThrow(
          `The admin with id ${admin.id} has the default password`,
        );
      }
    }
    for (const hashed of [
      await argon2('a long and rare one'),
      werkzeug('a long and rare one'),
      '!',
    ]) {
      await setHash(admin.id, hashed);
      await expect(check()).resolves.toBeUndefined();
    }
  });

  it('names an admin whose password is a common one that is configured', async () => {
    const admin = await createMember(vpms, 'admin');
    for (const common of ['admin123', admin.username]) {
      await setHash(admin.id, await argon2(common));
      await expect(check(common)).rejects.toThrow(`The admin with id ${admin.id} `);
    }
    await setHash(admin.id, await argon2('a long and rare one'));
    await expect(check('a long and rare one')).resolves.toBeUndefined();
  });

  it('ignores drivers', async () => {
    const driver = await createMember(vpms, 'user');
    await setHash(driver.id, await argon2('123456'));
    await expect(check()).resolves.toBeUndefined();
  });

  it('compares each hash once, and again when it changes', async () => {
    const admin = await createMember(vpms, 'admin');
    await setHash(admin.id, await argon2('a long and rare one'));
    await check();
    const rows = await countRows(vpms.dataDirectory, 'password_checks');
    const start = performance.now();
    await check();
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(await countRows(vpms.dataDirectory, 'password_checks')).toBe(rows);
    await setHash(admin.id, await argon2('qwerty'));
    await expect(check()).rejects.toThrow(`The admin with id ${admin.id} `);
  });
});

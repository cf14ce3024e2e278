import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runToEnd, startProcess } from '../../support/processes/processes.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

/** Expects one line for the operator on the error stream, and no stack. */
async function expectRefusal(directory: string, environment: Record<string, string>) {
  const { code, stdout, stderr } = await runToEnd({ dataDirectory: directory, environment });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
  expect(stdout).toBe('');
  expect(code).toBe(1);
  return stderr;
}

describe('a failing start', () => {
  it('names every bad variable at once', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '.env'), 'CURRENCY=Rupees\n');
    const { code, stdout, stderr } = await runToEnd({
      directory,
      environment: { PORT: 'x', LOG_LEVEL: 'loud', NODE_ENV: 'production' },
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const name of ['PORT', 'LOG_LEVEL', 'JWT_SECRET', 'ADMIN_PASSWORD', 'CURRENCY']) {
      expect(stderr).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(stderr.trimEnd().split('\n')).toHaveLength(6);
    expect(readdirSync(directory)).toEqual(['.env']);
  });

  it('refuses production while an admin has the default password', async () => {
    await using first = await startProcess();
    await first.stop();
    const { dataDirectory } = first;
    const environment = {
      NODE_ENV: 'production',
      JWT_SECRET: randomBytes(32).toString('hex'),
      ADMIN_PASSWORD: 'not the default',
    };
    const { code, stderr } = await runToEnd({ dataDirectory, environment });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The admin with id 1 has the default password .*\n$/);
  });

  it('reads the first variable of a .env file with a byte order mark', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '.env'), '\uFEFFNODE_ENV=production\r\nPORT=0\r\n');
    const { code, stderr } = await runToEnd({ directory });
    expect(code).toBe(1);
    expect(stderr).toContain('JWT_SECRET is required in production');
  });

  it('reports a misspelled name together with the error that it causes', async () => {
    const directory = temporaryDirectory();
    const secret = randomBytes(16).toString('hex');
    writeFileSync(join(directory, '.env'), `NODE_ENV=production\nJWT_SECRT=${secret}\n`);
    const { stderr } = await runToEnd({ directory });
    expect(stderr).toContain('JWT_SECRET is required in production');
    expect(stderr).toContain('.env, line 2: JWT_SECRT is ignored; it probably means JWT_SECRET');
    expect(stderr).not.toContain(secret);
  });

  it('refuses a .env file in UTF-16', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '.env'), '\uFEFFPORT=0\r\n', 'utf16le');
    expect(await expectRefusal(directory, {})).toContain('.env is not UTF-8 text');
  });

  it('names the port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const line = await expectRefusal(temporaryDirectory(), { PORT: port });
    server.close();
    expect(line).toBe(
      `Port ${port} on 127.0.0.1 is in use; stop what uses it or set PORT to another one.\n`,
    );
  });

  it('reports why it cannot listen on the host', async () => {
    const line = await expectRefusal(temporaryDirectory(), { HOST: '192.0.2.1' });
    expect(line).toMatch(/^Cannot listen on 192\.0\.2\.1:0: /);
  });

  it.each(['/dev/null/below', '/dev/null'])(
    'reports that DATA_DIR %s cannot be used',
    async (path) => {
      const line = await expectRefusal(temporaryDirectory(), { DATA_DIR: path });
      expect(line).toContain(`DATA_DIR ${path} cannot be used`);
    },
  );

  it('refuses a DATA_DIR that is shared with other users', async () => {
    const shared = temporaryDirectory();
    chmodSync(shared, 0o1777);
    const line = await expectRefusal(temporaryDirectory(), { DATA_DIR: shared });
    expect(line).toBe(`${shared} is shared with other users; use a separate folder for VPMS\n`);
    expect(statSync(shared).mode & 0o7777).toBe(0o1777);
  });

  it('reports that the folder of the database cannot be used', async () => {
    const environment = { DATABASE_URL: 'sqlite:/dev/null/vpms.db' };
    const line = await expectRefusal(temporaryDirectory(), environment);
    expect(line).toContain('The database /dev/null/vpms.db cannot be used');
  });

  it('leaves a file unchanged that is not a database', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'vpms.db');
    const text = 'A shopping list.\n'.repeat(500);
    writeFileSync(file, text);
    expect(await expectRefusal(directory, {})).toContain('it is not a SQLite database');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(directory).sort()).toEqual(['jwt-secret', 'vpms.db']);
  });

  it('reports a secret that is empty or not a file', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'jwt-secret'), '');
    expect(await expectRefusal(directory, {})).toContain('contains no token secret');
    const other = temporaryDirectory();
    mkdirSync(join(other, 'jwt-secret'));
    expect(await expectRefusal(other, {})).toMatch(/^The token secret .* cannot be used/);
  });

  it('reports that .env cannot be read', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, '.env'));
    expect(await expectRefusal(directory, {})).toContain('.env cannot be read');
  });
});

import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runToEnd, startProcess } from '../../support/processes/processes.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

describe('the start', () => {
  it("prints the URL, the documentation, the database and the admin's name", async () => {
    await using vpms = await startProcess();
    const { http, dataDirectory } = vpms;
    const login = await http.post('/api/admin/login', { body: DEFAULT_ADMIN });
    expect(vpms.output()).toContain(`VPMS is at ${http.url}, its API documentation at`);
    expect(vpms.output()).toContain(`${http.url}/api/docs`);
    expect(vpms.output()).toContain(`SQLite, ${join(dataDirectory, 'vpms.db')}`);
    expect(vpms.output()).toMatch(
      /WARN.*admin of ADMIN_USERNAME has the default password admin123/,
    );
    expect(login.status).toBe(200);
    expect((await http.get('/api/docs')).status).toBe(200);
  });

  it('warns of the default password only while the admin has it', async () => {
    await using first = await startProcess();
    const { token } = (await first.http.post('/api/admin/login', { body: DEFAULT_ADMIN })).body;
    const body = { current_password: DEFAULT_ADMIN.password, new_password: 'a better one' };
    expect((await first.http.post('/api/auth/change-password', { token, body })).status).toBe(204);
    await first.stop();
    await using second = await startProcess({ dataDirectory: first.dataDirectory });
    expect(second.output()).toContain('VPMS is at');
    expect(second.output()).not.toContain('default password');
  });

  it('warns of the default password even if the configuration has changed since', async () => {
    await using first = await startProcess();
    await first.stop();
    const environment = { ADMIN_PASSWORD: 'not the one of the account' };
    await using second = await startProcess({ dataDirectory: first.dataDirectory, environment });
    await expect.poll(second.output).toContain('default password');
  });

  it('does not print its secret, and keeps tokens valid over a restart', async () => {
    await using first = await startProcess();
    const file = join(first.dataDirectory, 'jwt-secret');
    const secret = readFileSync(file, 'utf8');
    const { token } = (await first.http.post('/api/admin/login', { body: DEFAULT_ADMIN })).body;
    await first.stop();
    await using second = await startProcess({ dataDirectory: first.dataDirectory });
    expect((await second.http.get('/api/auth/me', { token })).status).toBe(200);
    expect(readFileSync(file, 'utf8')).toBe(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(secret.length).toBeGreaterThanOrEqual(64);
  });

  it('makes the folder and the files of an existing installation private', async () => {
    await using first = await startProcess();
    await first.stop();
    const { dataDirectory } = first;
    chmodSync(dataDirectory, 0o755);
    for (const name of readdirSync(dataDirectory)) chmodSync(join(dataDirectory, name), 0o644);
    await using second = await startProcess({ dataDirectory });
    expect((await second.http.get('/health/ready')).status).toBe(200);
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
    const names = readdirSync(dataDirectory);
    expect(names).toEqual(expect.arrayContaining(['jwt-secret', 'vpms.db', 'vpms.db-wal']));
    for (const name of names) {
      expect([name, statSync(join(dataDirectory, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('creates a private folder and private files', async () => {
    const dataDirectory = join(temporaryDirectory(), 'new', 'data');
    const directory = temporaryDirectory();
    await using vpms = await startProcess({ dataDirectory, directory });
    expect(vpms.output()).toContain('VPMS is at');
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dataDirectory)) {
      expect([name, statSync(join(dataDirectory, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('refuses a second process on the same SQLite file, even by another name', async () => {
    await using first = await startProcess();
    const other = temporaryDirectory();
    symlinkSync(join(first.dataDirectory, 'vpms.db'), join(other, 'link.db'));
    const sameFile: Record<string, string>[] = [
      { DATA_DIR: first.dataDirectory },
      { DATA_DIR: other, DATABASE_URL: `sqlite:${join(other, 'link.db')}` },
    ];
    for (const environment of sameFile) {
      const { code, stdout, stderr } = await runToEnd({ dataDirectory: other, environment });
      expect(stderr).toMatch(
        /^Another VPMS process uses the database [^\n]+; stop it first[^\n]*\n$/,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
    expect((await first.http.get('/health/ready')).status).toBe(200);
  });

  it('starts again after SIGKILL', async () => {
    await using first = await startProcess();
    await first.stop('SIGKILL');
    await using second = await startProcess({ dataDirectory: first.dataDirectory });
    expect((await second.http.get('/health/ready')).status).toBe(200);
  });

  it('logs a warning for each entry of .env that has no effect', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '.env'), 'LOG_FORMAT=json\nVPMS_PORT=1\nport=1\n');
    await using vpms = await startProcess({ directory, dataDirectory: directory });
    const warnings = vpms
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level, msg }) => level === 40 && msg.includes('.env'));
    expect(warnings.map(({ msg }) => msg.replace(/^.*\.env, /, ''))).toEqual([
      'line 2: VPMS_PORT is not a variable of VPMS and is ignored',
      'line 3: port is ignored; it probably means PORT',
    ]);
  });

  it('prefers the real environment to .env', async () => {
    const directory = temporaryDirectory();
    writeFileSync(
      join(directory, '.env'),
      'LOG_FORMAT=json\nADMIN_USERNAME=keeper\nHOST=nowhere\n',
    );
    await using vpms = await startProcess({
      directory,
      dataDirectory: directory,
      environment: { HOST: '127.0.0.1' },
    });
    const body = { ...DEFAULT_ADMIN, username: 'keeper' };
    expect((await vpms.http.post('/api/admin/login', { body })).status).toBe(200);
    expect(JSON.parse(vpms.output().split('\n')[0] ?? '')).toMatchObject({ level: 30 });
  });

  it('writes one JSON object per line, with the requests, if the format is json', async () => {
    await using vpms = await startProcess({ environment: { LOG_FORMAT: 'json' } });
    await vpms.http.get('/health/live');
    await vpms.http.get('/nothing/here');
    await vpms.http.post('/api/user/login', {
      raw: '{',
      headers: { 'content-type': 'application/json' },
    });
    const { stdout, stderr } = await vpms.stop();
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.every(({ level, time, msg }) => level && time && msg)).toBe(true);
    for (const { time } of lines) expect(time).toBe(new Date(time).toISOString());
    expect(lines.filter(({ msg }) => msg === 'request')).toMatchObject([
      { method: 'GET', route: '/health/live', status: 200 },
      { method: 'GET', status: 404 },
      { method: 'POST', route: '/api/user/login', status: 400 },
    ]);
    expect(stderr).toBe('');
  });

  it('logs only from LOG_LEVEL upwards', async () => {
    await using chatty = await startProcess({ environment: { LOG_LEVEL: 'debug' } });
    expect(chatty.output()).toContain('DEBUG');
    const dataDirectory = temporaryDirectory();
    const environment = { LOG_LEVEL: 'error', PORT: '1', HOST: '192.0.2.1' };
    const { stdout } = await runToEnd({ dataDirectory, environment });
    expect(stdout).toBe('');
  });
});

import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { InProcessWorker } from '../../../src/platform/queue/in-process/in-process-worker.js';
import { runCli } from '../../support/processes/run-cli.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { createLot, createMember, PASSWORD } from '../../support/data/factories.js';
import { countRows, databaseEnvironment } from '../../support/data/test-database.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { expectProblem } from '../../support/http/problems.js';
import { MailServer } from '../../support/servers/mail-server.js';

const NEW_PASSWORD = 'a long and rare one';

describe('npm run admin, beside a running program,', { timeout: 60_000 }, () => {
  const vpms = useTestApp();

  const environment = () => ({
    DATA_DIR: vpms.dataDirectory,
    ...databaseEnvironment(vpms.dataDirectory),
  });
  const admin = (args: readonly string[], input = `${NEW_PASSWORD}\n`, others = {}) =>
    runCli('tools/admin/admin-cli.js', {
      args,
      input,
      environment: { ...environment(), ...others },
    });
  const login = (username: string, password: string) =>
    vpms.http.post('/api/admin/login', { body: { username, password } });
  const me = (token: string) => vpms.http.get('/api/auth/me', { token });
  const lastAudit = async () => (await auditRows(vpms)).at(-1);
  const byCommandLine = { actor_id: null, actor_name: 'command line', client_address: null };

  it('creates an operator while drivers book', async () => {
    const { id: lotId } = await createLot(vpms);
    const driver = vpms.as(await createMember(vpms));
    const outcome = admin(['create', 'shell', 'Shell@example.com']);
    let isOver = false;
    void outcome.then(() => (isOver = true));
    while (!isOver) await driver.stay(lotId);
    expect(await outcome).toEqual({ code: 0, stdout: 'Created the operator shell.\n', stderr: '' });
    expect(await lastAudit()).toMatchObject({
      ...byCommandLine,
      action: 'account.created',
      after: { username: 'shell', email: 'Shell@example.com', role: 'admin' },
    });
    expect((await login('Shell', NEW_PASSWORD)).status).toBe(200);
  });

  it('mails a created operator a link that confirms the address, if SMTP_URL is set', async () => {
    await using mailServer = await MailServer.start();
    await using mailing = await startTestApp({ environment: mailServer.environment });
    const others = {
      DATA_DIR: mailing.dataDirectory,
      ...databaseEnvironment(mailing.dataDirectory),
      ...mailServer.environment,
    };
    const create = ['create', 'mailed', 'mailed@example.com'];
    expect(await admin(create, `${NEW_PASSWORD}\n`, others)).toMatchObject({ code: 0, stderr: '' });
    // The running program reconciles every 15 seconds.
    await mailing.app.get(InProcessWorker).reconcile();
    await waitUntil(() => mailServer.received.length > 0 || undefined);
    const { parsed } = mailServer.mailTo('mailed@example.com');
    expect(parsed.subject).toBe('Confirm your e-mail address');
    expect(parsed.text).toMatch(/\/confirm\?token=/);
  });

  it('is run by npm, with the password in the first line of standard input', async () => {
    const output = await new Promise<string>((resolve) => {
      const args = ['run', '--silent', 'admin', '--', 'create', 'by-npm', 'npm@example.com'];
      const options = { env: { ...process.env, ...environment() } };
      const child = execFile('npm', args, options, (_, stdout, stderr) => resolve(stdout + stderr));
      child.stdin?.end(`${NEW_PASSWORD}\nand more\n`);
    });
    expect(output).toBe('Created the operator by-npm.\n');
    expect((await login('by-npm', NEW_PASSWORD)).status).toBe(200);
  });

  it('resets a password, which ends every session and link at once', async () => {
    const [member, operator] = [
      await createMember(vpms, 'admin'),
      await createMember(vpms, 'admin'),
    ];
    const reset = `/api/admin/admins/${member.id}/reset-password`;
    await vpms.http.post(reset, { token: operator.token });
    expect((await me(member.token)).status).toBe(200);
    const outcome = await admin(['reset-password', member.username.toUpperCase()]);
    expect(outcome).toEqual({
      code: 0,
      stdout: 'The password is set, and all sessions have ended.\n',
      stderr: '',
    });
    expectProblem(await me(member.token), '401 TOKEN_REVOKED');
    expect((await me(operator.token)).status).toBe(200);
    expectProblem(await login(member.username, PASSWORD), '401 CREDENTIALS_WRONG');
    expect(await countRows(vpms.dataDirectory, 'account_links')).toBe(0);
    const about = { ...byCommandLine, target_id: String(member.id) };
    const audited = (await auditRows(vpms)).filter(({ action }) => action === 'password.changed');
    expect(audited).toMatchObject([{ ...about, before: null, after: null }]);
    expect((await login(member.username, NEW_PASSWORD)).status).toBe(200);
  });

  it('enables an operator', async () => {
    const [member, operator] = [
      await createMember(vpms, 'admin'),
      await createMember(vpms, 'admin'),
    ];
    const disable = { token: operator.token, body: { disabled: true } };
    await vpms.http.request('PATCH', `/api/admin/admins/${member.id}`, disable);
    const reset = await admin(['reset-password', member.username]);
    expect(reset.stdout).toContain(`disabled: npm run admin -- enable ${member.username}`);
    expectProblem(await login(member.username, NEW_PASSWORD), '401 CREDENTIALS_WRONG');
    const enabled = await admin(['enable', member.username], '');
    expect(enabled).toMatchObject({ code: 0, stderr: '' });
    expect(await lastAudit()).toMatchObject({
      ...byCommandLine,
      action: 'account.updated',
      target_id: String(member.id),
      before: { disabled: true },
      after: { disabled: false },
    });
    expect((await login(member.username, NEW_PASSWORD)).status).toBe(200);
    const before = (await auditRows(vpms)).length;
    expect((await admin(['enable', member.username], '')).code).toBe(0);
    expect(await auditRows(vpms)).toHaveLength(before);
  });

  it('changes nothing for invalid arguments, names and passwords, and explains why', async () => {
    const driver = await createMember(vpms);
    const taken = await createMember(vpms, 'admin');
    const before = [await auditRows(vpms), await countRows(vpms.dataDirectory, 'accounts')];
    const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
      [[], '', /^Usage: npm run admin/],
      [['delete', taken.username], '', /^Usage: /],
      [['create', 'name'], NEW_PASSWORD, /^Usage: /],
      [['enable', taken.username, 'more'], '', /^Usage: /],
      [['create', 'a b', 'x@example.com'], NEW_PASSWORD, /^NAME must be /],
      [['create', 'name', 'none'], NEW_PASSWORD, /^EMAIL must be /],
      [['create', 'name', 'ü@example.com'], NEW_PASSWORD, /^EMAIL must be /],
      [['create', 'name', 'x@example.com'], '', /^There is no password on standard input/],
      [['create', 'name', 'x@example.com'], '\n', /^The password must have 6 to 128 characters/],
      [['create', driver.username, 'x@example.com'], NEW_PASSWORD, /^The username is taken/],
      [['create', 'name', `${driver.username}@example.com`], NEW_PASSWORD, /^The e-mail address/],
      [['reset-password', driver.username], NEW_PASSWORD, /^There is no operator user\d+\.$/],
      [['reset-password', taken.username], 'short', /^The password must have/],
      [['enable', 'unknown'], '', /^There is no operator unknown\.$/],
    ];
    const outcomes = await Promise.all(cases.map(([args, input]) => admin(args, input)));
    for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr.trimEnd()).toMatch(cases[index]?.[2] ?? /^$/);
    }
    const after = [await auditRows(vpms), await countRows(vpms.dataDirectory, 'accounts')];
    expect(after).toEqual(before);
  });

  it('refuses a common password in production, with which the program would not start', async () => {
    const production = {
      NODE_ENV: 'production',
      JWT_SECRET: 'f3Zk0qJ8sW1xYv6Rb2Lm9Tn4Pc7Hd5Ge',
      ADMIN_PASSWORD: NEW_PASSWORD,
    };
    const create = ['create', 'common', 'common@example.com'];
    const { code, stderr } = await admin(create, 'password123\n', production);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^The password must not be one of/)]);
  });
});

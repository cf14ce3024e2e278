import { describe, expect, it } from 'vitest';
import { Unsubscriptions } from '../../../src/auth/links/unsubscriptions.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { runJob } from '../../support/app/job-runs.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { countRows } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';
import { actionOf, FORM, MailedLinks, tokenOf } from '../../support/scenes/mailed-links.js';

const mailed = new MailedLinks();
const { vpms, clock, mailsTo, linkTo, register, logIn, forget, reset, isConfirmed } = mailed;

describe('an e-mail address', () => {
  it('is confirmed by the button of the page, not by opening it', async () => {
    const { id, email, confirmLink } = await register();
    expect((await mailsTo(email))[0]?.parsed.subject).toContain('Confirm');
    const page = await vpms.http.get(confirmLink);
    expect([page.status, await isConfirmed(id)]).toEqual([200, false]);
    expect(actionOf(page.text, vpms.http.url + confirmLink)).toBe(vpms.http.url + confirmLink);
    const confirmed = await vpms.http.post(confirmLink, { raw: '', headers: FORM });
    expect([confirmed.status, await isConfirmed(id)]).toEqual([200, true]);
    expect((await vpms.http.get(confirmLink)).status).toBe(410);
    expect((await vpms.http.post(confirmLink, { raw: '', headers: FORM })).status).toBe(410);
  });

  it('that is new gets a link of its own, and the old link is void', async () => {
    const { id, email, confirmLink } = await register();
    const admin = await createMember(vpms, 'admin');
    const body = { email: `new-${email}` };
    await vpms.http.request('PATCH', `/api/admin/users/${id}`, { token: admin.token, body });
    const link = await linkTo(`new-${email}`);
    expect((await vpms.http.post(confirmLink)).status).toBe(410);
    expect((await vpms.http.post(link)).status).toBe(200);
    expect(await isConfirmed(id)).toBe(true);
  });

  it('of an account that an operator creates gets the one link that it needs', async () => {
    const person = mailed.newPerson();
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const created = await admin.post('/api/admin/users', { body: person });
    expect(created.status).toBe(201);
    const link = tokenOf(await linkTo(person.email));
    expect(link).not.toBe(tokenOf(created.body.reset_url));
    clock.advance(DAY - 1);
    expect((await vpms.http.get(`/reset-password?token=${link}`)).status).toBe(200);
    expect((await reset(tokenOf(created.body.reset_url))).status).toBe(204);
    expectProblem(await reset(link), '410 RESET_LINK_GONE');
  });
});

describe('a password link of an account with an unconfirmed address', () => {
  const created = async () => {
    const person = mailed.newPerson();
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { body } = await admin.post('/api/admin/users', { body: person });
    return { id: Number(body.id), handedOver: String(body.reset_url), email: person.email };
  };

  it('confirms it if the link was mailed there', async () => {
    const { id, email } = await created();
    expect((await reset(tokenOf(await linkTo(email)))).status).toBe(204);
    expect(await isConfirmed(id)).toBe(true);
  });

  it('does not confirm it if an operator got the link, but a mailed one does afterwards', async () => {
    const { id, handedOver, email } = await created();
    expect((await reset(tokenOf(handedOver))).status).toBe(204);
    expect(await isConfirmed(id)).toBe(false);
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const issued = await admin.post(`/api/admin/users/${id}/reset-password`);
    expect((await reset(tokenOf(issued.body.reset_url), 'another one')).status).toBe(204);
    expect(await isConfirmed(id)).toBe(false);
    await forget(email);
    expect((await reset(tokenOf(await linkTo(email, 2)), 'a third one')).status).toBe(204);
    expect(await isConfirmed(id)).toBe(true);
  });

  it('leaves a confirmed address confirmed if an operator got the link', async () => {
    const { id, confirmLink } = await register();
    expect((await vpms.http.post(confirmLink)).status).toBe(200);
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const issued = await admin.post(`/api/admin/users/${id}/reset-password`);
    expect((await reset(tokenOf(issued.body.reset_url))).status).toBe(204);
    expect(await isConfirmed(id)).toBe(true);
  });
});

describe('mail', () => {
  it('with a link has no List-Unsubscribe, which ends reminders only', async () => {
    const { email } = await register();
    await forget(email);
    for (const { parsed } of await mailsTo(email, 2)) {
      expect([...parsed.headers.keys()].filter((name) => name.startsWith('list'))).toEqual([]);
    }
  });

  it('with reports and exports goes to confirmed addresses only', async () => {
    const [confirmed, unconfirmed] = [await register(), await register()];
    expect((await vpms.http.post(confirmed.confirmLink)).status).toBe(200);
    const { id: lotId } = await createLot(vpms);
    for (const { username } of [confirmed, unconfirmed]) {
      const { token } = (await logIn(username)).body;
      await vpms.as({ token }).stay(lotId);
      await waitForExport(await requestExport(vpms.http, token), 'completed');
    }
    await mailsTo(confirmed.email, 2);
    clock.set('2026-04-01T08:00:00.000Z');
    const admin = await createMember(vpms, 'admin');
    await runJob(vpms.http, admin.token, { name: 'monthly-reports', period: '2026-03' });
    const [, ...mails] = await mailsTo(confirmed.email, 3);
    expect(mails.map(({ parsed }) => parsed.subject)).toEqual([
      expect.stringMatching(/export|bookings/i),
      expect.stringMatching(/March|report/i),
    ]);
    for (const { parsed } of mails) expect(parsed.headers.has('list')).toBe(false);
    expect(await mailsTo(unconfirmed.email)).toHaveLength(1);
  });
});

describe('reminders', () => {
  const remind = async (day: string) => {
    clock.set(`2026-03-${day}T18:00:00.000Z`);
    const admin = await createMember(vpms, 'admin');
    await runJob(vpms.http, admin.token, {
      name: 'daily-reminders',
      period: `2026-03-${day}`,
    });
  };
  const mailsSoFar = (address: string) =>
    mailed.mailServer.received.filter(({ to }) => to === address).length;

  it('go to confirmed addresses only, until their link is used, with one click or the button', async () => {
    const [confirmed, unconfirmed] = [await register(), await register()];
    expect((await vpms.http.post(confirmed.confirmLink)).status).toBe(200);
    await remind('03');
    await mailsTo(confirmed.email, 2);
    expect([mailsSoFar(confirmed.email), mailsSoFar(unconfirmed.email)]).toEqual([2, 1]);
    const reminder = (await mailsTo(confirmed.email, 2)).at(-1)?.parsed;
    expect(reminder?.headers.has('list')).toBe(true);
    const text = reminder?.text ?? '';
    const unsubscribe = /https:\/\/parking\.example\.com(\/unsubscribe\S+)/.exec(text)?.[1] ?? '';
    expect((await vpms.http.get(unsubscribe)).status).toBe(200);
    await remind('04');
    expect(mailsSoFar(confirmed.email)).toBe(3);
    const raw = 'List-Unsubscribe=One-Click';
    expect((await vpms.http.post(unsubscribe, { raw, headers: FORM })).status).toBe(200);
    expect((await vpms.http.post(unsubscribe, { raw, headers: FORM })).status).toBe(200);
    expect((await vpms.http.post(`${unsubscribe}x`, { raw, headers: FORM })).status).toBe(410);
    await remind('05');
    expect(mailsSoFar(confirmed.email)).toBe(3);
  });

  /** The one-click request in the two forms of mail programs (RFC 8058, section 3.2), and without a body. */
  const field = 'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click';
  const multipart = `--x7\r\n${field}\r\n--x7--\r\n`;
  it.each([
    ['multipart/form-data', { 'content-type': 'multipart/form-data; boundary=x7' }, multipart],
    ['application/x-www-form-urlencoded', FORM, 'List-Unsubscribe=One-Click'],
    ['no body', undefined, undefined],
  ])('end by a one-click request with %s', async (_, headers, raw) => {
    const { id, email } = await register();
    const url = new URL(vpms.app.get(Unsubscriptions).urlFor({ id, emailKey: email }));
    const { status } = await vpms.http.post(url.pathname + url.search, { raw, headers });
    const ended = await countRows(
      vpms.dataDirectory,
      'accounts',
      `id = ${id} AND unsubscribed_at IS NOT NULL`,
    );
    expect([status, ended]).toEqual([200, 1]);
  });
});

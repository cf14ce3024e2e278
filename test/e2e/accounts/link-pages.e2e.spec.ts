import { describe, expect, it } from 'vitest';
import { Unsubscriptions } from '../../../src/auth/links/unsubscriptions.js';
import { expectProblem } from '../../support/http/problems.js';
import { actionOf, FORM, MailedLinks } from '../../support/scenes/mailed-links.js';

const mailed = new MailedLinks();
const { vpms, linkTo, register, logIn, forget } = mailed;

describe('the page for a new password', () => {
  it('works as a form without JavaScript, and loads nothing', async () => {
    const { username, email } = await register();
    await forget(email);
    const link = await linkTo(email, 2);
    const page = await vpms.http.get(link);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).not.toMatch(/<script|src=|https?:/);
    expect(page.text).toMatch(/<input type="password"[^>]* autocomplete="new-password"/);
    const send = (password: string) =>
      vpms.http.post(link, {
        raw: new URLSearchParams({ new_password: password }).toString(),
        headers: FORM,
      });
    const refused = await send('x');
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('role="alert"')]);
    const accepted = await send('pässword & co');
    expect([accepted.status, accepted.text]).toEqual([200, expect.stringContaining('is set')]);
    expect((await logIn(username, 'pässword & co')).status).toBe(200);
    expect((await send('again once')).status).toBe(410);
  });

  it.each(['/reset-password', '/confirm', '/unsubscribe'])(
    'and the others show one text for all links that cannot be used: %s',
    async (path) => {
      const queries = [
        '',
        '?token=',
        '?token=x',
        '?token=a&token=b',
        `?token=${'x'.repeat(4_000)}`,
      ];
      const pages = [];
      for (const query of queries) {
        pages.push(await vpms.http.get(path + query));
        pages.push(await vpms.http.post(path + query, { raw: '', headers: FORM }));
      }
      for (const { status, text } of pages) expect([status, text]).toEqual([410, pages[0]?.text]);
    },
  );

  it('and the others send their form to their own address if PUBLIC_URL has a path', async () => {
    const { id, email, confirmLink } = await register();
    await forget(email);
    const { pathname, search } = new URL(
      vpms.app.get(Unsubscriptions).urlFor({ id, emailKey: email }),
    );
    for (const path of [await linkTo(email, 2), confirmLink, pathname + search]) {
      const { text } = await vpms.http.get(path);
      const base = 'https://example.com/parking';
      expect(actionOf(text, base + path)).toBe(base + path);
    }
  });

  it('and the others accept a small form, which no other route accepts', async () => {
    const raw = new URLSearchParams({ username: 'a', password: 'b' }).toString();
    const login = await vpms.http.post('/api/user/login', { raw, headers: FORM });
    expectProblem(login, '415 NOT_JSON');
    const large = await vpms.http.post('/confirm', { raw: 'x'.repeat(9_000), headers: FORM });
    expectProblem(large, '413 BODY_TOO_LARGE');
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const parts = await vpms.http.post('/confirm', { raw: '--x--', headers });
    expectProblem(parts, '415 NOT_JSON');
    const many = await vpms.http.post('/unsubscribe', { raw: 'x'.repeat(9_000), headers });
    expectProblem(many, '413 BODY_TOO_LARGE');
  });
});

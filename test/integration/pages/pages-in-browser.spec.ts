import { afterAll, beforeAll, expect, it } from 'vitest';
import { Unsubscriptions } from '../../../src/auth/links/unsubscriptions.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { PASSWORD } from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { Browser, type BrowserPage, describeWithBrowser } from '../../support/servers/browser.js';
import { MailServer } from '../../support/servers/mail-server.js';

const PUBLIC_URL = 'https://parking.example.com';
const PHONE = { width: 400, height: 800 };

describeWithBrowser('the pages that mailed links open, in a browser', () => {
  let mailServer: MailServer;
  let vpms: TestApp;
  let browser: Browser;
  let people = 0;

  beforeAll(async () => {
    mailServer = await MailServer.start();
    vpms = await startTestApp({ environment: { ...mailServer.environment, PUBLIC_URL } });
    browser = await Browser.start();
  }, 60_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await vpms?.[Symbol.asyncDispose]();
    await mailServer?.[Symbol.asyncDispose]();
  });

  /** Registers a new person; the program mails a link to the person's address. */
  const register = async () => {
    people += 1;
    const person = { username: `reader${people}`, email: `reader${people}@example.com` };
    const { body } = await vpms.http.post('/api/user/register', {
      body: { ...person, password: PASSWORD },
    });
    return { ...person, id: Number(body.user.id) };
  };
  /** The link in a mail to the address, at the test's own port. */
  const linkTo = (address: string, path: string) =>
    waitUntil(() => {
      const texts = mailServer.received.filter(({ to }) => to === address);
      const link = new RegExp(`${PUBLIC_URL}(/${path}\\S+)`);
      const found = texts.map(({ parsed }) => link.exec(parsed.text ?? '')?.[1]).find(Boolean);
      return found && vpms.http.url + found;
    });
  const logIn = async (username: string, password: string) =>
    (await vpms.http.post('/api/user/login', { body: { username, password } })).status;

  const open = async (link: string, hasScripts: boolean) => {
    const page = await browser.open(link, { ...PHONE, isScriptDisabled: !hasScripts });
    await page.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    return page;
  };
  /** Requests for other addresses than the page's own, and errors except the refusal of a form (400). */
  const problems = (page: BrowserPage, link: string) => [
    ...page.requests().filter((url) => url !== link),
    ...page.errors().filter((text) => !text.includes('Failed to load resource')),
  ];
  /** Moves the focus with the key Tab; the focused element is visibly marked. */
  const tab = async (page: BrowserPage) => {
    await page.press('Tab');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outline');
    expect(outline).toMatch(/solid 3px$/);
    return (await page.accessibleNodes()).find(({ isFocused }) => isFocused);
  };
  const send = (page: BrowserPage, key: 'Enter' | 'Space') => page.load(() => page.press(key));
  const headings = async (page: BrowserPage) =>
    (await page.accessibleNodes()).filter(({ role }) => role === 'heading').map(({ name }) => name);

  it.each([true, false])('set a new password by keyboard, with JavaScript %s', async (scripts) => {
    const { username, email } = await register();
    await vpms.http.post('/api/user/forgot-password', { body: { email } });
    const link = await linkTo(email, 'reset-password');
    await using page = await open(link, scripts);
    expect(await page.evaluate('document.title')).toBe('Set a new password');
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    const rule = '6 to 128 characters of any kind.';
    const nodes = await page.accessibleNodes();
    expect(nodes.map(({ role, name }) => [role, name])).toEqual(
      expect.arrayContaining([
        ['main', ''],
        ['heading', 'Set a new password'],
        ['textbox', 'New password'],
        ['button', 'Set the password'],
      ]),
    );
    expect(await tab(page)).toMatchObject({
      role: 'textbox',
      name: 'New password',
      description: rule,
    });
    await page.type('short');
    await send(page, 'Enter');
    const refused = await page.accessibleNodes();
    expect(refused.map(({ role }) => role)).toContain('alert');
    const { description = '' } = (await tab(page)) ?? {};
    expect(description).toMatch(
      /^6 to 128 characters of any kind\. The password must be text of 6 /,
    );
    expect(await logIn(username, PASSWORD)).toBe(200);
    await page.type('typed in a browser');
    expect(await tab(page)).toMatchObject({ role: 'button', name: 'Set the password' });
    await send(page, 'Space');
    expect(await headings(page)).toEqual(['Your password is set']);
    expect(await logIn(username, 'typed in a browser')).toBe(200);
    expect(problems(page, link)).toEqual([]);
  });

  it.each([true, false])('confirm an address by keyboard, with JavaScript %s', async (scripts) => {
    const { id, email } = await register();
    const link = await linkTo(email, 'confirm');
    await using page = await open(link, scripts);
    expect(await headings(page)).toEqual(['Confirm your e-mail address']);
    const confirmed = `id = ${id} AND email_confirmed_at IS NOT NULL`;
    expect(await countRows(vpms.dataDirectory, 'accounts', confirmed)).toBe(0);
    expect(await tab(page)).toMatchObject({ role: 'button', name: 'Confirm this address' });
    await send(page, 'Enter');
    expect(await headings(page)).toEqual(['Your e-mail address is confirmed']);
    expect(await countRows(vpms.dataDirectory, 'accounts', confirmed)).toBe(1);
    expect(problems(page, link)).toEqual([]);
  });

  it.each([true, false])('end reminders by keyboard, with JavaScript %s', async (scripts) => {
    const { id, email } = await register();
    const url = vpms.app.get(Unsubscriptions).urlFor({ id, emailKey: email });
    const link = url.replace(PUBLIC_URL, vpms.http.url);
    await using page = await open(link, scripts);
    expect(await headings(page)).toEqual(['Stop reminders']);
    expect(await tab(page)).toMatchObject({ role: 'button', name: 'Stop reminders' });
    await send(page, 'Enter');
    expect(await headings(page)).toEqual(['You will receive no more reminders']);
    const ended = `id = ${id} AND unsubscribed_at IS NOT NULL`;
    expect(await countRows(vpms.dataDirectory, 'accounts', ended)).toBe(1);
    expect(problems(page, link)).toEqual([]);
  });

  it('explain a link that cannot be used, without a form', async () => {
    const { email } = await register();
    const link = await linkTo(email, 'confirm');
    await queryDatabase(vpms.dataDirectory, 'DELETE FROM account_links');
    for (const path of ['confirm', 'reset-password', 'unsubscribe']) {
      await using page = await open(link.replace('confirm', path), true);
      const roles = (await page.accessibleNodes()).map(({ role }) => role);
      expect(roles).toContain('heading');
      expect(roles).not.toContain('button');
    }
  });
});

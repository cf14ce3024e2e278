import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { loginAdmin } from '../../support/http/login.js';
import { addLot } from '../../support/cluster/cluster.js';
import { Browser, type BrowserPage, describeWithBrowser } from '../../support/servers/browser.js';

/** Maximum time from the booking's response until the page shows it. */
const WITHIN_MILLISECONDS = 2_000;
/** The stream contains no names, so the page requests them every 15 seconds. */
const RENAMED_WITHIN_MILLISECONDS = 20_000;
const SCREEN = { width: 1920, height: 1080 };

describeWithBrowser('the board in Chromium', () => {
  let vpms: VpmsProcess;
  let browser: Browser;
  let admin: string;
  let driver: string;

  beforeAll(async () => {
    vpms = await startProcess();
    admin = await loginAdmin(vpms);
    driver = await newDriver();
    browser = await Browser.start();
  }, 60_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await vpms?.[Symbol.asyncDispose]();
  });

  async function newDriver(): Promise<string> {
    const login = { username: 'board', password: 'test1234' };
    const body = { ...login, email: 'board@example.com' };
    expect((await vpms.http.post('/api/user/register', { body })).status).toBe(201);
    return String((await vpms.http.post('/api/user/login', { body: login })).body.token);
  }

  const count = (page: BrowserPage, lotId: number) =>
    page.evaluate(`document.querySelector('[data-lot="${lotId}"] .count')?.textContent`);
  const state = (page: BrowserPage) =>
    page.evaluate(`document.getElementById('connection').dataset.state`);
  const text = (page: BrowserPage, selector: string) =>
    page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText`);

  it('shows a booking within two seconds, without any violation of its policy', async () => {
    const lot = await addLot(vpms, admin, 2);
    await using page = await browser.open(`${vpms.http.url}/board`, SCREEN);
    await expect.poll(() => state(page), { timeout: 5_000 }).toBe('live');
    expect(await count(page, lot)).toBe('2');
    const { status, body } = await vpms.http.as({ token: driver }).book(lot);
    expect(status).toBe(201);
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBe('1');
    expect(await text(page, `[data-lot="${lot}"] .state`)).toContain('Few left');
    await vpms.http.as({ token: driver }).release(body.id);
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBe('2');
    expect(await text(page, `[data-lot="${lot}"] .state`)).toContain('Free');
    expect(await text(page, '.age')).toMatch(/^Updated \d+ s ago$/);
    expect(page.errors()).toEqual([]);
  }, 30_000);

  it('shows new, changed and deleted lots', async () => {
    await using page = await browser.open(`${vpms.http.url}/board`, SCREEN);
    await expect.poll(() => state(page), { timeout: 5_000 }).toBe('live');
    const lot = await addLot(vpms, admin, 7);
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBe('7');
    const token = admin;
    const path = `/api/admin/parking-lots/${lot}`;
    await vpms.http.put(path, { token, body: { number_of_spots: 9 } });
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBe('9');
    expect(await text(page, `[data-lot="${lot}"] .of`)).toMatch(/^of 9\b/);
    await vpms.http.delete(path, { token });
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBeUndefined();
  }, 30_000);

  it('shows the new name of a lot without a reload', async () => {
    const lot = await addLot(vpms, admin, 6);
    await using page = await browser.open(`${vpms.http.url}/board`, SCREEN);
    await expect.poll(() => state(page), { timeout: 5_000 }).toBe('live');
    const body = { prime_location_name: 'Renamed & moved <1>' };
    const path = `/api/admin/parking-lots/${lot}`;
    expect((await vpms.http.put(path, { token: admin, body })).status).toBe(200);
    await expect
      .poll(() => text(page, `[data-lot="${lot}"] h2`), { timeout: RENAMED_WITHIN_MILLISECONDS })
      .toBe(body.prime_location_name);
    await vpms.http.delete(path, { token: admin });
  }, 40_000);

  it('shows that the connection is lost, and recovers from a restart without a reload', async () => {
    const lot = await addLot(vpms, admin, 3);
    await using page = await browser.open(`${vpms.http.url}/board`, SCREEN);
    await expect.poll(() => state(page), { timeout: 5_000 }).toBe('live');
    const { port } = new URL(vpms.http.url);
    await vpms.stop();
    await expect.poll(() => state(page), { timeout: 5_000 }).toBe('lost');
    expect(await text(page, '#connection')).toMatch(
      /Connection lost\. Figures as of \d\d:\d\d:\d\d\./,
    );
    expect(await count(page, lot)).toBe('3');
    vpms = await startProcess({
      dataDirectory: vpms.dataDirectory,
      environment: { PORT: port },
    });
    await vpms.http.as({ token: driver }).book(lot);
    await expect.poll(() => state(page), { timeout: 15_000 }).toBe('live');
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBe('2');
    const { body } = await vpms.http.as({ token: driver }).activeBooking();
    await vpms.http.as({ token: driver }).release(body.id);
    await expect.poll(() => count(page, lot), { timeout: WITHIN_MILLISECONDS }).toBe('3');
  }, 60_000);

  it('shows current figures without JavaScript', async () => {
    const lot = await addLot(vpms, admin, 4);
    await using page = await browser.open(`${vpms.http.url}/board`, {
      ...SCREEN,
      isScriptDisabled: true,
    });
    // The page has loaded without its scripts. Enable scripts now, so that the test can evaluate expressions.
    await page.send('Emulation.setScriptExecutionDisabled', { value: false });
    expect(await count(page, lot)).toBe('4');
    expect(await text(page, 'footer')).toMatch(/As of \d\d:\d\d:\d\d\. Reload/);
    expect(await text(page, '#clock')).toMatch(/^\d\d:\d\d$/);
  }, 30_000);

  it.each([
    [14, 1920, 1080, 40],
    [60, 1920, 1080, 30],
    [14, 1080, 1920, 40],
    [60, 1080, 1920, 30],
    // A phone, on which the list may be scrolled.
    [14, 400, 800, 30],
    [60, 400, 800, 30],
    // With this many lots, the list may be scrolled on every screen.
    [75, 1920, 1080, 30],
    [75, 1080, 1920, 30],
    [75, 400, 800, 30],
  ])(
    'fits %i lots, one with 10,000 spots, on %i × %i pixels with digits of at least %i px',
    async (number, ...rest) => {
      const [width, height, least] = rest;
      await setNumberOfLots(number);
      await using page = await browser.open(`${vpms.http.url}/board`, { width, height });
      // The browser may have kept an older page for three seconds; then the script replaces the list.
      await expect
        .poll(
          () =>
            page.evaluate(`['[data-lot]', '[data-digits="5"]'].map(
              (selector) => document.querySelectorAll(selector).length)`),
          { timeout: 5_000 },
        )
        .toEqual([number, 1]);
      const shown = await page.evaluate(`
      // The widest text of a state.
      document.querySelectorAll('.state span').forEach((part) => (part.textContent = 'Few left'));
      // The box of the text itself, which may be wider than its element.
      const textBox = (part) => {
        const range = document.createRange();
        range.selectNodeContents(part.firstChild);
        return range.getBoundingClientRect();
      };
      ({
      lots: document.querySelectorAll('[data-lot]').length,
      tooWide: document.documentElement.scrollWidth - innerWidth,
      tooHigh: ${number <= 60 && width > 400} ? document.documentElement.scrollHeight - innerHeight : 0,
      digits: Math.min(...[...document.querySelectorAll('.count')].map((e) => parseFloat(getComputedStyle(e).fontSize))),
      clipped: [...document.querySelectorAll('li')].filter((li) => {
        const box = li.getBoundingClientRect();
        const boxes = [...li.querySelectorAll('.count, .of, .state span')].map(textBox);
        return boxes.some(({ left, right, top, bottom }) =>
          left < box.left || right > box.right + 1 || top < box.top || bottom > box.bottom + 1);
      }).length,
      overlapping: [...document.querySelectorAll('li')].filter((li) => {
        const [of, state] = ['.of', '.state span'].map((part) => textBox(li.querySelector(part)));
        return of.left < state.right && state.left < of.right && of.top < state.bottom && state.top < of.bottom;
      }).length,
    })`);
      expect(shown).toMatchObject({
        lots: number,
        tooWide: 0,
        tooHigh: 0,
        clipped: 0,
        overlapping: 0,
      });
      expect(shown).toHaveProperty('digits', expect.any(Number));
      expect(Reflect.get(Object(shown), 'digits')).toBeGreaterThanOrEqual(least);
    },
    60_000,
  );

  async function setNumberOfLots(number: number): Promise<void> {
    const path = '/api/admin/parking-lots';
    const { body: lots } = await vpms.http.get(path, { token: admin });
    for (const { id } of lots.slice(number)) {
      await vpms.http.delete(`${path}/${id}`, { token: admin });
    }
    for (let count = lots.length; count < number; count += 1) await addLot(vpms, admin, 1_000);
    const [{ id }] = (await vpms.http.get(path, { token: admin })).body;
    const body = { number_of_spots: 10_000 };
    expect((await vpms.http.put(`${path}/${id}`, { token: admin, body })).status).toBe(200);
  }

  it.each(['light', 'dark'] as const)(
    'has enough contrast in %s mode',
    async (scheme) => {
      await using page = await browser.open(`${vpms.http.url}/board`, { ...SCREEN, scheme });
      await expect.poll(() => state(page), { timeout: 5_000 }).toBe('live');
      const ratios = await page.evaluate(`(() => {
      const channel = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      const luminance = (color) => {
        const [r, g, b] = color.match(/[\\d.]+/g).map((part) => channel(part / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const background = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return color === 'rgba(0, 0, 0, 0)' ? background(element.parentElement) : color;
      };
      const ratio = (element) => {
        const [a, b] = [luminance(getComputedStyle(element).color), luminance(background(element))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      };
      const result = {};
      for (const connection of ['live', 'lost']) {
        document.getElementById('connection').dataset.state = connection;
        for (const state of ['free', 'few', 'full']) {
          document.querySelector('[data-lot]').dataset.state = state;
          for (const selector of ['h1', '.time', '#date', 'h2', '.count', '.of', '.state', '#connection', '.age']) {
            result[connection + ' ' + state + ' ' + selector] = ratio(document.querySelector(selector));
          }
        }
      }
      return result;
    })()`);
      const low = Object.entries(Object(ratios)).filter(([, ratio]) => !(Number(ratio) >= 4.5));
      expect(low).toEqual([]);
      expect(Object.keys(Object(ratios))).toHaveLength(54);
    },
    30_000,
  );
});

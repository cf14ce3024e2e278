import { describe, expect, it } from 'vitest';
import { createLot, createMember, createMembers } from '../../../support/data/factories.js';
import { recordBookings } from '../../../support/data/past-bookings.js';
import { HOUR } from '../../../../src/platform/time/durations.js';
import { importDrivers, mailOf, startReminders } from '../../../support/scenes/reminders.js';

describe('daily reminders', () => {
  it('reach drivers whose last booking began more than 7 days ago, or who have none', async () => {
    const { vpms, webhook, mailServer, run } = await startReminders();
    const lot = await createLot(vpms);
    await createLot(vpms);
    const parked = async (parkedAt: string, leftAt?: string, spot?: number) => {
      const member = await createMember(vpms);
      const stay = { userId: member.id, lotId: lot.id, spot };
      await recordBookings(vpms, [{ ...stay, parkedAt, leftAt }]);
      return member;
    };
    // The current instant is 2026-03-10T12:00.
    const reminded = [
      await createMember(vpms),
      await parked('2026-03-03T11:59:00.000Z', '2026-03-03T12:30:00.000Z'),
      await parked('2026-03-03T11:59:59.999Z', '2026-03-03T12:30:00.000Z'),
      await parked('2026-03-02T12:00:00.000Z', undefined, 2),
    ];
    const notReminded = [
      await parked('2026-03-09T12:00:00.000Z', '2026-03-09T13:00:00.000Z'),
      await parked('2026-03-03T12:00:00.000Z', '2026-03-03T13:00:00.000Z'),
      await parked('2026-03-10T11:00:00.000Z', undefined, 3),
      await createMember(vpms, 'admin'),
    ];
    const often = await parked('2026-02-01T12:00:00.000Z', '2026-02-01T13:00:00.000Z');
    await recordBookings(vpms, [
      {
        userId: often.id,
        lotId: lot.id,
        parkedAt: '2026-03-08T12:00:00Z',
        leftAt: '2026-03-08T12:10:00Z',
      },
    ]);
    expect(await run()).toMatchObject({
      status: 'completed',
      period: '2026-03-10',
      processed: 8,
      failed: 0,
      error: null,
    });
    expect(webhook.named).toEqual(reminded.map(({ username }) => username));
    expect([...mailServer.counts().keys()].toSorted()).toEqual(reminded.map(mailOf).toSorted());
    expect(notReminded.map(mailOf).some((address) => mailServer.counts().has(address))).toBe(false);
    expect(webhook.posts[0]?.text).toContain('2 parking lots have free spots right now.');
    const { parsed } = mailServer.mailTo(mailOf(reminded[0] ?? { username: '' }));
    for (const body of [parsed.text, String(parsed.html)]) {
      expect(body).toContain(reminded[0]?.username);
      expect(body).toContain('2 parking lots have free spots right now.');
      expect(body).toContain('https://parking.example.com');
    }
  });

  it('have a text that depends on the bookings of the driver', async () => {
    const { vpms, mailServer, run, webhook } = await startReminders();
    const lot = await createLot(vpms);
    const [fresh, away, parked] = await createMembers(vpms, 3);
    const stays = [
      { userId: away?.id ?? 0, parkedAt: '2026-03-01T10:00:00Z', leftAt: '2026-03-01T11:00:00Z' },
      { userId: parked?.id ?? 0, parkedAt: '2026-03-01T12:00:00Z' },
    ];
    await recordBookings(
      vpms,
      stays.map((stay) => ({ ...stay, lotId: lot.id })),
    );
    expect(await run()).toMatchObject({ status: 'completed', processed: 6 });
    const mailTo = (username = '') => mailServer.mailTo(mailOf({ username })).parsed;
    const greeting = (username = '') => `Hello ${username},\n\n`;
    const free = '1 parking lot has free spots right now.';

    const first = mailTo(fresh?.username);
    expect(first.subject).toBe('Your spot is waiting');
    expect(first.text).toContain(
      `${greeting(fresh?.username)}You have not booked a spot yet. ${free}\n`,
    );
    expect(first.text).not.toContain('week');
    expect(String(first.html)).not.toContain('week');

    const second = mailTo(away?.username);
    expect(second.subject).toBe('Your spot is waiting');
    expect(second.text).toContain(
      `${greeting(away?.username)}You have not booked a spot for more than a week. ${free}\n`,
    );

    const third = mailTo(parked?.username);
    expect(third.subject).toBe('You are still parked');
    expect(third.text).toContain(
      `${greeting(parked?.username)}You have been parked for more than a week.\n`,
    );
    expect(`${third.text} ${String(third.html)}`).not.toMatch(/waiting|free spot|not booked/);
    for (const { text } of [first, second, third]) expect(text).not.toContain('because You');
    expect(webhook.posts[0]?.text).not.toContain('more than a week');
  });

  it('name a reservation that starts within a day, unless it is cancelled, a hold or missed', async () => {
    const { vpms, mailServer, webhook, run, clock } = await startReminders();
    const { id: lotId } = await createLot(vpms);
    const reserve = async (hours: number, fields: object = {}) => {
      const member = await createMember(vpms);
      const from = clock.now().getTime() + hours * HOUR;
      const window = { from: new Date(from), until: new Date(from + HOUR) };
      const { status, body } = await vpms
        .as(member)
        .bookAhead({ lot_id: lotId, ...window, ...fields });
      expect(status).toBe(201);
      return { ...member, bookingId: body.id as number };
    };
    clock.advance(-2 * HOUR);
    const missed = await reserve(1);
    clock.advance(2 * HOUR);
    const soon = await reserve(20);
    const cancelled = await reserve(20);
    await vpms.as(cancelled).cancel(cancelled.bookingId);
    const others = [missed, cancelled, await reserve(25), await reserve(20, { hold: true })];
    // A driver who has parked within a week gets no other reminder.
    const recent = await reserve(20);
    await recordBookings(vpms, [
      {
        userId: recent.id,
        lotId,
        parkedAt: '2026-03-09T12:00:00Z',
        leftAt: '2026-03-09T13:00:00Z',
      },
    ]);
    expect(await run()).toMatchObject({ status: 'completed', failed: 0 });
    const mails = (members: readonly { readonly username: string }[]) =>
      members.map((member) => mailServer.mailTo(mailOf(member)).parsed.text);
    for (const text of mails([soon, recent])) {
      expect(text).toContain('Your booking starts on Wed 11 Mar, 08:00.');
    }
    expect(mails([recent])[0]).not.toContain('not booked');
    for (const text of mails(others)) expect(text).not.toContain('booking starts');
    const posted = webhook.posts.map(({ text }) => text).join('\n');
    expect(posted).toContain(
      'Drivers without a booking in the last 7 days, or with one that starts soon. ',
    );
    for (const { username } of [soon, recent]) {
      expect(posted).toContain(`\`${username}\` (has a booking that starts within 24 hours)`);
    }
    for (const { username } of others) expect(posted).not.toContain(`\`${username}\` (`);
  });

  it('escape hostile names', async () => {
    const { vpms, webhook, mailServer, run } = await startReminders();
    const names = [
      '<script>alert(1)</script>',
      '=HYPERLINK("x")',
      '🚗🅿️',
      'مرحبا',
      '*b* _i_ <users/all>',
      '{{url}} {{constructor}}',
    ];
    await importDrivers(vpms, names);
    expect(await run()).toMatchObject({ status: 'completed', processed: 2 * names.length });
    expect(webhook.named).toEqual(names);
    for (const [index, name] of names.entries()) {
      const { parsed } = mailServer.mailTo(`import${index}@example.com`);
      expect(parsed.text).toContain(`Hello ${name},`);
      expect(String(parsed.html)).not.toContain('<script>');
    }
    const { parsed, raw } = mailServer.mailTo('import0@example.com');
    expect(raw).toMatch(
      /^List-Unsubscribe:\s+<https:\/\/parking\.example\.com\/unsubscribe\?token=/m,
    );
    expect(raw).toMatch(/^List-Unsubscribe-Post:\s+List-Unsubscribe=One-Click\r?$/m);
    const html = String(parsed.html);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // The mail contains nothing that would report that it was read.
    expect(html).not.toMatch(/<(?:img|link|iframe)|src=|url\(/);
    const unsubscribe = expect.stringMatching(
      /^https:\/\/parking\.example\.com\/unsubscribe\?token&#x3D;|^https:\/\/parking\.example\.com\/unsubscribe\?token=/,
    );
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual([
      'https://parking.example.com',
      unsubscribe,
    ]);
  });
});

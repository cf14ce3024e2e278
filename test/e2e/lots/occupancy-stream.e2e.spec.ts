import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { startTestApp, type TestApp, useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { EventStream, type StreamEvent } from '../../support/http/clients/event-stream.js';

const PATH = '/api/public/occupancy';
const open = (vpms: TestApp, headers?: Record<string, string>) =>
  EventStream.open(vpms.http.url + PATH, headers);
const isOf = (lotId: number) => (event: StreamEvent) =>
  event.event === 'occupancy' && event.data.lot_id === lotId;
/** A change is reported within a second; the rest is for a busy machine. */
const ONE_SECOND = 1_400;

describe('the occupancy stream', () => {
  const vpms = useTestApp();
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  // This test is the first, so that no other stream is open. With an open stream, the creation of the lot
  // would be reported, and the booking within a second after it would be deferred.
  it('begins with all lots, as admins and drivers see them', async () => {
    const driver = await createMember(vpms);
    const { id } = await createLot(vpms, { numberOfSpots: 3 });
    await vpms.as(driver).book(id);
    using stream = await open(vpms);
    const { data } = await stream.snapshot();
    const { body: lots } = await vpms.as(admin).get('/api/admin/parking-lots');
    expect(data.map(({ at: _, ...lot }: { at: string }) => lot)).toEqual(
      lots.map((lot: Record<string, unknown>) => ({
        lot_id: lot['id'],
        available_spots: lot['available_spots'],
        occupied_spots: lot['occupied_spots'],
        number_of_spots: lot['number_of_spots'],
      })),
    );
    expect(data.at(-1)).toMatchObject({ lot_id: id, available_spots: 2, occupied_spots: 1 });
    expect(Date.now() - Date.parse(data.at(-1).at)).toBeLessThan(2_000);
  });

  it('is not cached, compressed or buffered on its way, and is open to every page', async () => {
    using stream = await open(vpms, { origin: 'https://other.example' });
    const { statusCode, headers } = stream.response;
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    expect(headers['content-length']).toBeUndefined();
    await stream.snapshot();
    expect(stream.retry).toBe(2_000);
  });

  it('reports a booking, a release, a new, a changed and a deleted lot within a second', async () => {
    const driver = await createMember(vpms);
    using stream = await open(vpms);
    await stream.snapshot();
    const { id } = await createLot(vpms, { numberOfSpots: 2 });
    const isLot = isOf(id);
    const next = async (matches: (data: Record<string, unknown>) => boolean) => {
      const began = performance.now();
      const found = await stream.find((event) => isLot(event) && matches(event.data));
      expect(found.arrived - began).toBeLessThan(ONE_SECOND);
      return found.data;
    };
    await next((data) => data['number_of_spots'] === 2 && data['available_spots'] === 2);
    const { body } = await vpms.as(driver).book(id);
    await next((data) => data['available_spots'] === 1 && data['occupied_spots'] === 1);
    await vpms.as(admin).updateLot(id, { number_of_spots: 5 });
    await next((data) => data['available_spots'] === 4 && data['number_of_spots'] === 5);
    await vpms.as(driver).release(body.id);
    await next((data) => data['available_spots'] === 5);
    await vpms.http.delete(`/api/admin/parking-lots/${id}`, { token: admin.token });
    const gone = await next((data) => data['number_of_spots'] === 0);
    expect(gone).toMatchObject({ lot_id: id, available_spots: 0, occupied_spots: 0 });
    using later = await open(vpms);
    const { data } = await later.snapshot();
    expect(data.filter((lot: { lot_id: number }) => lot.lot_id === id)).toEqual([]);
  });

  it('reports what another program wrote', async () => {
    const { id } = await createLot(vpms);
    using stream = await open(vpms);
    await stream.snapshot();
    const began = performance.now();
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE lots SET number_of_spots = 77 WHERE id = ${id}`,
    );
    const { arrived, data } = await stream.find(isOf(id));
    expect(arrived - began).toBeLessThan(ONE_SECOND);
    expect(data.number_of_spots).toBe(77);
  });

  it('reports a lot at most once per second, and its last state', async () => {
    const { id } = await createLot(vpms);
    using stream = await open(vpms);
    await stream.snapshot();
    const end = performance.now() + 3_300;
    let spots = 10;
    // The number changes faster than the program reads it, so each read returns a new number.
    while (performance.now() < end) {
      spots += 1;
      const { status } = await vpms.as(admin).updateLot(id, { number_of_spots: spots });
      expect(status).toBe(200);
      await sleep(100);
    }
    await sleep(1_300);
    const events = stream.events.filter(isOf(id));
    expect(events.length).toBeGreaterThanOrEqual(3);
    for (const [index, { arrived }] of events.entries()) {
      const next = events[index + 1];
      if (!next) continue;
      // Changes are sent a second apart; a busy machine may delay the first one.
      expect(next.arrived - arrived).toBeGreaterThan(800);
    }
    expect(events.at(-1)?.data).toMatchObject({ number_of_spots: spots });
  });

  it('sends the latest change of each lot after the last id that a client received', async () => {
    const [driver, other] = [await createMember(vpms), await createMember(vpms)];
    const [first, second, third] = [
      await createLot(vpms),
      await createLot(vpms),
      await createLot(vpms),
    ];
    using observer = await open(vpms);
    await observer.snapshot();
    let known = '';
    {
      using stream = await open(vpms);
      await stream.snapshot();
      await vpms.as(driver).book(first.id);
      known = (await stream.find(isOf(first.id))).id;
    }
    await vpms.as(other).book(second.id);
    await observer.find(isOf(second.id));
    await vpms.http.delete(`/api/admin/parking-lots/${third.id}`, { token: admin.token });
    await observer.find(isOf(third.id));
    using resumed = await open(vpms, { 'last-event-id': known });
    const missed = await resumed.find(isOf(third.id));
    expect(resumed.events.map(({ event, data }) => [event, data.lot_id])).toEqual([
      ['occupancy', second.id],
      ['occupancy', third.id],
    ]);
    expect(missed).toMatchObject({ id: observer.lastId, data: { number_of_spots: 0 } });
    using upToDate = await open(vpms, { 'last-event-id': observer.lastId });
    await sleep(300);
    expect(upToDate.events).toEqual([]);
    expect(upToDate.comments).toHaveLength(1);
  });

  it.each(['', 'x', '1', '0000-1', 'deadbeef0000-0', '-1', '💥', 'x'.repeat(4_000)])(
    'sends a snapshot for the unknown id %s',
    async (id) => {
      using stream = await open(vpms, { 'last-event-id': encodeURI(id) });
      expect((await stream.snapshot()).event).toBe('snapshot');
    },
  );

  it('sends a snapshot for an id of this process that is ahead', async () => {
    using stream = await open(vpms);
    const { id } = await stream.snapshot();
    using ahead = await open(vpms, { 'last-event-id': id.replace(/-\d+$/, '-999999') });
    expect((await ahead.snapshot()).id).toBe(id);
  });

  it('reports what changed while no client was connected', async () => {
    const { id } = await createLot(vpms);
    let known = '';
    {
      using stream = await open(vpms);
      known = (await stream.snapshot()).id;
    }
    await sleep(100);
    await vpms.as(await createMember(vpms)).book(id);
    using resumed = await open(vpms, { 'last-event-id': known });
    expect((await resumed.find(isOf(id))).data.occupied_spots).toBe(1);
  });

  it('can be read by curl', async () => {
    const { id } = await createLot(vpms);
    const options = ['-sN', '--max-time', '3', vpms.http.url + PATH];
    const reading = promisify(execFile)('curl', options).catch(
      (error: { readonly stdout: string }) => error,
    );
    await sleep(700);
    await vpms.as(await createMember(vpms)).book(id);
    const { stdout } = await reading;
    expect(stdout).toMatch(/^retry: 2000\nid: \w+-\d+\nevent: snapshot\ndata: \[\{"lot_id":/);
    expect(stdout).toMatch(
      new RegExp(`\n\nid: \\w+-\\d+\nevent: occupancy\ndata: {"lot_id":${id},.*}\n\n`),
    );
  });

  it('sends no body in response to HEAD', async () => {
    const { status, headers, text } = await vpms.http.request('HEAD', PATH);
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/event-stream', '']);
  });
});

describe('time alone', () => {
  it('changes the occupancy: a claim starts to count, and a hold expires', async () => {
    const clock = new FixedClock();
    await using vpms = await startTestApp({ clock });
    const driver = await createMember(vpms);
    const { id } = await createLot(vpms);
    const window = { from: '2026-03-01T11:00:00.000Z', until: '2026-03-01T12:00:00.000Z' };
    const booked = await vpms.as(driver).post('/api/user/bookings', {
      body: { lot_id: id, ...window, hold: true },
    });
    expect(booked.status).toBe(201);
    using stream = await open(vpms);
    expect((await stream.snapshot()).data).toMatchObject([{ lot_id: id, occupied_spots: 0 }]);
    await vpms.as(driver).post(`/api/user/bookings/${booked.body.id}/confirm`);
    // A claim that starts exactly in an hour does not count yet.
    clock.set('2026-03-01T10:00:00.000Z');
    await sleep(1_200);
    expect(stream.events).toHaveLength(1);
    clock.advance(1);
    const began = performance.now();
    const { arrived, data } = await stream.find(isOf(id));
    expect(arrived - began).toBeLessThan(ONE_SECOND);
    expect(data).toMatchObject({ occupied_spots: 1, at: '2026-03-01T10:00:00.001Z' });
    for (const path of ['/api/user/parking-lots/available', '/api/public/lots']) {
      const { body } = await vpms.as(driver).get(path);
      expect(body).toMatchObject([{ id, available_spots: data.available_spots }]);
    }
    // The reservation becomes a no-show half an hour after its start.
    clock.set('2026-03-01T11:30:00.000Z');
    const set = performance.now();
    const gone = await stream.find(({ data: lot }) => lot.occupied_spots === 0, 2);
    expect(gone.data).toMatchObject({ lot_id: id, at: '2026-03-01T11:30:00.000Z' });
    // The sweep of due bookings would take up to five seconds.
    expect(gone.arrived - set).toBeLessThan(ONE_SECOND);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { VpmsProcess } from '../../support/processes/processes.js';
import { BookingLoad } from '../../support/cluster/cluster-load.js';
import { EventStream } from '../../support/http/clients/event-stream.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

/** A change is reported within a second; the rest is for a busy machine. */
const ONE_SECOND = 1_600;

describeWithServers('the occupancy stream on two instances', () => {
  const cluster = useCluster();

  const open = ({ http }: VpmsProcess, lastEventId?: string) =>
    EventStream.open(`${http.url}/api/public/occupancy`, {
      ...(lastEventId && { 'last-event-id': lastEventId }),
    });
  const occupied = (stream: EventStream, lotId: number, spots: number) =>
    stream.find(({ event, data }) => {
      const lots = event === 'snapshot' ? data : [data];
      return lots.some(
        (lot: { lot_id: number; occupied_spots: number }) =>
          lot.lot_id === lotId && lot.occupied_spots === spots,
      );
    });

  it('reports a booking of the other instance within a second', async () => {
    const lot = await cluster.addLot(5);
    const driver = await cluster.addDriver();
    using stream = await open(cluster.api(1));
    await stream.snapshot();
    const { status } = await cluster.via(0, driver).book(lot);
    const began = performance.now();
    expect(status).toBe(201);
    const { arrived } = await occupied(stream, lot, 1);
    expect(arrived - began).toBeLessThan(ONE_SECOND);
  });

  it('begins with a snapshot if the last event id is of the other instance', async () => {
    using first = await open(cluster.api(0));
    const { id } = await first.snapshot();
    using second = await open(cluster.api(1), id);
    expect((await second.snapshot()).id).not.toBe(id);
  });

  it.each([
    { name: 'PostgreSQL', server: () => cluster.postgres },
    { name: 'Redis', server: () => cluster.redis },
  ])(
    'catches up after an outage of $name',
    async ({ server }) => {
      const lot = await cluster.addLot(5);
      const driver = await cluster.addDriver();
      using stream = await open(cluster.api(1));
      await stream.snapshot();
      await server().stop();
      await sleep(2_000);
      await server().start();
      const book = async () => {
        const response = await cluster.via(0, driver).book(lot);
        return response.status;
      };
      await expect.poll(book, { timeout: 20_000, interval: 200 }).toBe(201);
      await occupied(stream, lot, 1);
    },
    60_000,
  );

  it('refuses new streams with 503 while PostgreSQL is down', async () => {
    await cluster.postgres.stop();
    const { status, headers } = await cluster.api(0).http.get('/api/public/occupancy');
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    await cluster.postgres.start();
    const reopened = async () => {
      using stream = await open(cluster.api(0));
      return stream.response.statusCode;
    };
    await expect.poll(reopened, { timeout: 20_000 }).toBe(200);
  }, 60_000);

  it('reports the state of the database after a load, also to clients whose instance was killed', async () => {
    const lots: number[] = [];
    for (let count = 0; count < 6; count += 1) lots.push(await cluster.addLot(5));
    const drivers = await cluster.addDrivers(12);
    const [doomed, survivor] = [await cluster.launch('api'), cluster.api(0)];
    const listeners = await Promise.all([doomed, doomed, survivor].map((api) => open(api)));
    const load = new BookingLoad({ apis: cluster.apis, drivers, lots });
    await sleep(2_000);
    await doomed.stop('SIGKILL');
    const cut = listeners.slice(0, 2);
    await Promise.all(cut.map(({ closed }) => closed));
    const resumed = await Promise.all(cut.map(({ lastId }) => open(survivor, lastId)));
    await sleep(2_000);
    await load.stop();
    await sleep(ONE_SECOND);
    const rows = await cluster.sql<{ id: number; parked: number }>(
      `SELECT id, (SELECT COUNT(*)::int FROM reservations r
        WHERE r.lot_id = lots.id AND left_at IS NULL) AS parked
      FROM lots WHERE id = ANY ($1) ORDER BY id`,
      [lots],
    );
    for (const stream of [...resumed, listeners[2]]) {
      const state = new Map<number, number>();
      for (const { data } of stream?.events ?? []) {
        for (const lot of [data].flat()) state.set(lot.lot_id, lot.occupied_spots);
      }
      expect(lots.map((id) => ({ id, parked: state.get(id) }))).toEqual(rows);
      stream?.[Symbol.dispose]();
    }
  }, 60_000);
});

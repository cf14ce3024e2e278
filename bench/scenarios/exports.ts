import { setTimeout as sleep } from 'node:timers/promises';
import type { City, Member } from '../database/city.js';
import { Connection } from '../driver/connection.js';
import { expectStatus, objectOf, WrongAnswer } from '../driver/load.js';
import { measure, Meter } from '../driver/meter.js';
import { parkingLoad, Tally } from './parking.js';
import type { Scenario } from './scenario.js';

const POLL_MILLISECONDS = 100;
/** Beyond this an export has failed. */
const PATIENCE = 300_000;

/** A long job of one driver must not keep the others from booking. */
export const exports: Scenario = {
  name: 'export',
  title: 'export beside bookings',
  subjects: ['vpms'],
  async run({ server, city, window }) {
    const { exporter } = city;
    if (!exporter) throw new Error('There is nobody who exports');
    const tally = new Tally();
    const alone = parkingLoad(server.origin, city, tally);
    const before = await measure(server, { 'bookings without an export': alone }, window);
    const beside = parkingLoad(server.origin, city, tally);
    const meter = new Meter(server, [beside.recorder]);
    const faults: string[] = [];
    await sleep(window.warmUp * 1_000);
    await meter.during(() =>
      exportAll(server.origin, exporter, city).catch((error: unknown) => {
        if (!(error instanceof WrongAnswer)) throw error;
        faults.push(error.message);
      }),
    );
    const during = meter.result(beside.recorder);
    await beside.stop();
    return {
      measurements: {
        ...before,
        [`bookings beside an export of ${city.size.exported} rows`]: during,
      },
      faults: [...faults, ...alone.faults, ...beside.faults],
      booked: tally.booked,
    };
  },
};

/** Asks for the file, waits for it and downloads it. @throws WrongAnswer unless it has all rows */
async function exportAll(origin: string, { token }: Member, { size }: City): Promise<void> {
  const connection = new Connection(origin);
  const accepted = await connection.send({
    method: 'POST',
    path: '/api/user/export-csv-async',
    token,
  });
  expectStatus(accepted, 202);
  const path = String(objectOf(accepted)['status_url']);
  const end = performance.now() + PATIENCE;
  let status: Readonly<Record<string, unknown>>;
  do {
    await sleep(POLL_MILLISECONDS);
    status = objectOf(await connection.send({ method: 'GET', path, token }));
  } while (status['status'] !== 'completed' && performance.now() < end);
  const download = await connection.send({
    method: 'GET',
    path: String(status['download_url']),
    token,
  });
  expectStatus(download, 200);
  const rows = download.body.toString().split('\r\n').length - 2;
  if (rows !== size.exported) throw new WrongAnswer(`the file has ${rows} rows`);
  await connection.close();
}

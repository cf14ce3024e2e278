import { setTimeout as sleep } from 'node:timers/promises';
import type { City, LoggedInAccount } from '../database/city.js';
import { Connection } from '../client/connection.js';
import { expectStatus, objectOf, WrongResponse } from '../client/load.js';
import { measure, Meter } from '../client/meter.js';
import { parkingLoad, Tally } from './parking.js';
import type { Scenario } from './scenario.js';

const POLL_MILLISECONDS = 100;
const EXPORT_TIMEOUT_MILLISECONDS = 300_000;

/** A long job of one driver must not slow down the bookings of others. */
export const exports: Scenario = {
  name: 'export',
  title: 'export beside bookings',
  subjects: ['vpms'],
  async run({ server, city, window }) {
    const { exporter } = city;
    if (!exporter) throw new Error('The city has no exporting driver');
    const tally = new Tally();
    const alone = parkingLoad(server.origin, city, tally);
    const before = await measure(server, { 'bookings without an export': alone }, window);
    const beside = parkingLoad(server.origin, city, tally);
    const meter = new Meter(server, [beside.recorder]);
    const errors: string[] = [];
    await sleep(window.warmUp * 1_000);
    await meter.during(() =>
      exportAll(server.origin, exporter, city).catch((error: unknown) => {
        if (!(error instanceof WrongResponse)) throw error;
        errors.push(error.message);
      }),
    );
    const during = meter.result(beside.recorder);
    await beside.stop();
    return {
      measurements: {
        ...before,
        [`bookings beside an export of ${city.size.exportedBookings} rows`]: during,
      },
      errors: [...errors, ...alone.errors, ...beside.errors],
      booked: tally.booked,
    };
  },
};

/** Requests an export, waits for it and downloads it. @throws WrongResponse if rows are missing */
async function exportAll(
  origin: string,
  { token }: LoggedInAccount,
  { size }: City,
): Promise<void> {
  const connection = new Connection(origin);
  const accepted = await connection.send({
    method: 'POST',
    path: '/api/user/export-csv-async',
    token,
  });
  expectStatus(accepted, 202);
  const path = String(objectOf(accepted)['status_url']);
  const end = performance.now() + EXPORT_TIMEOUT_MILLISECONDS;
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
  if (rows !== size.exportedBookings) throw new WrongResponse(`the file has ${rows} rows`);
  await connection.close();
}

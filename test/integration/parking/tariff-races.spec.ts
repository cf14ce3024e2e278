import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';
import { createLot, createMember, createMembers } from '../../support/data/factories.js';
import { Client } from '../../support/data/pg.js';
import { perHour } from '../../support/data/tariffs.js';
import {
  databaseEnvironment,
  ON_POSTGRES,
  queryDatabase,
} from '../../support/data/test-database.js';

const vpms = useTestApp();

/** Transactions that wait for the table of policies. */
const WAITING = `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
  WHERE datname = current_database() AND relation = 'policies'::regclass AND NOT granted`;

it('gives each of 200 drivers exactly one version, the one on the receipt, while the tariff is replaced', async () => {
  const admin = vpms.as(await createMember(vpms, 'admin'));
  const drivers = await createMembers(vpms, 200);
  const { id: lotId } = await createLot(vpms, { numberOfSpots: 200 });
  await admin.setTariff(lotId, perHour(1));
  let isOver = false;
  let changed = 0;
  let changedBefore = Infinity;
  const changes = (async () => {
    for (let price = 2; !isOver; price += 1) {
      expect((await admin.setTariff(lotId, perHour(price))).status).toBe(200);
      changed += 1;
      // Limits the number of versions, because a page of the list has at most 500.
      await sleep(10);
    }
  })();
  const booked = await Promise.all(
    drivers.map(async (driver, index) => {
      // Leave gaps, because on PostgreSQL a change waits while bookings overlap
      // (decisions/postgres-locking.md).
      await sleep(12 * index);
      // On a busy machine, changes may wait until all drivers have booked. Half of the drivers therefore wait
      // for two changes.
      while (index >= 100 && changed < changedBefore + 2) await sleep(10);
      const { body } = await vpms.as(driver).book(lotId);
      changedBefore = Math.min(changedBefore, changed);
      return body;
    }),
  );
  isOver = true;
  await changes;
  const { body: versions } = await admin.tariffs(lotId);
  const priceOf = new Map(
    versions.map(({ id, rates }: { id: number; rates: [{ price: number }] }) => [
      id,
      rates[0].price,
    ]),
  );
  const used = new Set(booked.map(({ tariff_id }) => tariff_id));
  expect(used.size).toBeGreaterThan(1);
  const receipts = await Promise.all(
    drivers.map(async (driver, index) => {
      const { id, tariff_id, price_per_hour } = booked[index];
      const { body: released } = await vpms.as(driver).release(id);
      const { body: receipt } = await vpms.as(driver).receipt(id);
      // Price, version and cost of a booking belong to one version of the tariff.
      expect(price_per_hour).toBe(priceOf.get(tariff_id));
      expect(receipt).toMatchObject({ tariff: { id: tariff_id }, total: price_per_hour });
      expect(released).toMatchObject({ tariff_id, cost: price_per_hour });
      return receipt;
    }),
  );
  expect(new Set(receipts.map(({ number }) => number)).size).toBe(200);
  expect(await violationsOf(vpms)).toEqual({});
});

it('keeps one current and one pending version while both are set concurrently', async () => {
  const admin = vpms.as(await createMember(vpms, 'admin'));
  const { id: lotId } = await createLot(vpms);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const responses = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      admin.setTariff(lotId, {
        ...perHour(index + 1),
        ...(index % 2 === 0 ? {} : { valid_from: tomorrow }),
      }),
    ),
  );
  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
  const { body: versions } = await admin.tariffs(lotId);
  const open = versions.filter(({ replaced_at }: { replaced_at: string | null }) => !replaced_at);
  expect(open).toMatchObject([{ valid_from: tomorrow }]);
  const current = versions.filter(
    ({ replaced_at }: { replaced_at: string }) => replaced_at === tomorrow,
  );
  expect(current).toHaveLength(1);
  // Each version ends exactly when the next one begins.
  const inOrder = versions
    .toReversed()
    .toSorted(
      (a: { valid_from: string }, b: { valid_from: string }) =>
        Date.parse(a.valid_from) - Date.parse(b.valid_from),
    );
  for (const [index, { replaced_at }] of inOrder.slice(0, -1).entries()) {
    expect(replaced_at).toBe(inOrder[index + 1].valid_from);
  }
});

// On SQLite, a unit of work reads one snapshot.
it.runIf(ON_POSTGRES)('quotes the price and the availability of one moment', async () => {
  const driver = vpms.as(await createMember(vpms));
  const { id: lotId } = await createLot(vpms, { numberOfSpots: 1, pricePerHour: 1000 });
  await vpms.as(await createMember(vpms)).book(lotId);
  const until = new Date(Date.now() + 60_000).toISOString();
  const { DATABASE_URL: connectionString } = databaseEnvironment(vpms.dataDirectory);
  const client = new Client({ connectionString });
  await client.connect();
  try {
    // The quote waits for this lock when it reads the policies of parked cars. If it had read the price in
    // an earlier statement, it would return the old price.
    await client.query('BEGIN; LOCK TABLE policies');
    const quote = driver.quote({ lot_id: lotId, until });
    await expect.poll(() => queryDatabase(vpms.dataDirectory, WAITING)).not.toHaveLength(0);
    await client.query(`
      UPDATE lots SET price_per_hour = 2000 WHERE id = ${lotId};
      UPDATE reservations SET status = 'completed', left_at = parked_at, cost = 0
      WHERE lot_id = ${lotId};
      COMMIT`);
    expect((await quote).body).toMatchObject({ total: 20, available: true });
  } finally {
    await client.end();
  }
});

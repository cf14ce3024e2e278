import { afterEach, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';
import { createLot } from '../../support/data/factories.js';
import { dropTestDatabase, queryDatabase } from '../../support/data/test-database.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { confirmDecimals } from '../../../src/platform/money/installation-currency.js';
import { Currency } from '../../../src/platform/money/money.js';
import { loginAdmin } from '../../support/http/login.js';

const started: TestApp[] = [];

afterEach(async () => {
  for (const app of started.splice(0)) await app[Symbol.asyncDispose]();
});

async function start(currency: string, dataDirectory = temporaryDirectory()): Promise<TestApp> {
  const app = await startTestApp({ dataDirectory, environment: { CURRENCY: currency } });
  started.push(app);
  return app;
}

async function stop(app: TestApp): Promise<string> {
  await app.stop();
  started.splice(started.indexOf(app), 1);
  return app.dataDirectory;
}

/** Makes the database like one of an earlier version, which has amounts but no record of their decimals. */
async function forgetCurrency(dataDirectory: string): Promise<void> {
  await queryDatabase(dataDirectory, 'DELETE FROM installation');
}

function storedCurrency(dataDirectory: string) {
  return queryDatabase(
    dataDirectory,
    'SELECT currency, currency_decimals, decimals_confirmed FROM installation',
  );
}

it('stores the currency and its ISO 4217 decimals at the first start', async () => {
  const app = await start('IDR');
  expect(await storedCurrency(app.dataDirectory)).toEqual([
    { currency: 'IDR', currency_decimals: 2, decimals_confirmed: 0 },
  ]);
  const token = await loginAdmin(app);
  const body = {
    prime_location_name: 'Central',
    address: '1 Main Street',
    pin_code: '110001',
    price: 5000.25,
    number_of_spots: 2,
  };
  const { status } = await app.http.post('/api/admin/parking-lots', { token, body });
  expect(status).toBe(201);
  expect(await queryDatabase(app.dataDirectory, 'SELECT price_per_hour FROM lots')).toEqual([
    { price_per_hour: 500_025 },
  ]);
});

it('replaces the currency while no amount is stored', async () => {
  const directory = await stop(await start('JPY'));
  const app = await start('KWD', directory);
  expect(await storedCurrency(app.dataDirectory)).toEqual([
    { currency: 'KWD', currency_decimals: 3, decimals_confirmed: 0 },
  ]);
});

it('refuses to start with another currency once an amount is stored', async () => {
  const first = await start('JPY');
  const lot = await createLot(first, { pricePerHour: 400 });
  const directory = await stop(first);
  await expect(start('KWD', directory)).rejects.toThrow(
    'CURRENCY is KWD, but the amounts in the database are in JPY: set CURRENCY=JPY',
  );
  const again = await start('JPY', directory);
  const token = await loginAdmin(again);
  const { body } = await again.http.get('/api/admin/parking-lots', { token });
  expect(body).toMatchObject([{ id: lot.id, price: 400 }]);
});

it('counts the audit entry of a deleted lot as an amount', async () => {
  const first = await start('JPY');
  const lot = await createLot(first);
  const token = await loginAdmin(first);
  expect((await first.http.delete(`/api/admin/parking-lots/${lot.id}`, { token })).status).toBe(
    200,
  );
  const directory = await stop(first);
  await expect(start('KWD', directory)).rejects.toThrow('CURRENCY is KWD');
  await start('JPY', directory);
});

it('adopts the configured currency of a database of an earlier version', async () => {
  const first = await start('INR');
  await createLot(first);
  const directory = await stop(first);
  await forgetCurrency(directory);
  const second = await start('INR', directory);
  expect(second.app.get(Currency)).toMatchObject({ code: 'INR', decimals: 2 });
});

it.each(['IDR', 'COP', 'HUF', 'PKR', 'RSD', 'AFN', 'IQD', 'MGA'])(
  'refuses amounts of an earlier version in %s until their decimals are stated',
  async (currency) => {
    const first = await start(currency);
    await createLot(first, { pricePerHour: 5000 });
    await first.app
      .get(TransactionRunner)
      .run((tx) => tx.sql`DELETE FROM installation`.then(() => undefined));
    const directory = await stop(first);
    await expect(start(currency, directory)).rejects.toThrow(
      'run npm run currency:decimals -- N once',
    );
    expect(await storedCurrency(directory)).toEqual([]);
    await dropTestDatabase(directory);
  },
);

it('keeps amounts whose decimals were stated, at every later start', async () => {
  const first = await start('IDR');
  const lot = await createLot(first, { pricePerHour: 5000 });
  await first.app
    .get(TransactionRunner)
    .run((tx) => tx.sql`DELETE FROM installation`.then(() => undefined));
  await confirmDecimals(first.app.get(TransactionRunner), { code: 'IDR', decimals: 0 });
  let directory = await stop(first);
  for (let round = 0; round < 2; round += 1) {
    const app = await start('IDR', directory);
    const token = await loginAdmin(app);
    const { body } = await app.http.get('/api/admin/parking-lots', { token });
    expect(body).toMatchObject([{ id: lot.id, price: 5000 }]);
    await expect(
      confirmDecimals(app.app.get(TransactionRunner), { code: 'IDR', decimals: 2 }),
    ).rejects.toThrow('already recorded with 0 decimals');
    directory = await stop(app);
  }
  await dropTestDatabase(directory);
});

it('refuses to start if the recorded decimals are not those of ISO 4217', async () => {
  const first = await start('INR');
  await createLot(first);
  await first.app
    .get(TransactionRunner)
    .run((tx) => tx.sql`UPDATE installation SET currency_decimals = 0`.then(() => undefined));
  const directory = await stop(first);
  await expect(start('INR', directory)).rejects.toThrow(
    'The amounts in the database have 0 decimals, and ISO 4217 gives INR 2',
  );
  await dropTestDatabase(directory);
});

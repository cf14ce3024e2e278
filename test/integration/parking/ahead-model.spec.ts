import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { insertAccounts } from '../../../src/auth/accounts/insert-accounts.js';
import { PoliciesService } from '../../../src/parking/policies/policies.service.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { AheadModel } from '../../support/checks/ahead/ahead-model.js';
import { DRIVERS, SEQUENCE } from '../../support/checks/ahead/ahead-steps.js';
import { Scene, type Tally } from '../../support/checks/ahead/scene.js';
import { violationsOf } from '../../support/checks/violations.js';
import { ADMIN_PRINCIPAL, createLot } from '../../support/data/factories.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';

/**
 * Number of databases, each with only 100 sequences, because listing all lots takes longer the more there
 * are. That is 1,000 sequences on SQLite, and 200 on PostgreSQL, where a sequence takes three times as long
 * and follows the same rules. Of the faults that were tried, the rarest was found after 284 sequences.
 * MODEL_DATABASES sets another number for a long run.
 */
const DATABASES = Number(process.env['MODEL_DATABASES'] ?? (ON_POSTGRES ? 2 : 10));
const SEQUENCES_PER_DATABASE = 100;

/**
 * Minimum number of times that the sequences of ten databases must reach each result on SQLite, so that
 * they test enough. On PostgreSQL, where sequences are shorter, a fifth of it suffices.
 */
const LEAST: Readonly<Record<string, number>> = {
  'book accepted': 1_000,
  'book LOT_FULL': 100,
  'book BOOKING_OVERLAPS': 100,
  'book VALIDATION_FAILED': 100,
  'walk-in accepted': 500,
  'walk-in LOT_FULL': 50,
  'walk-in ALREADY_PARKED': 20,
  'confirm accepted': 50,
  'confirm HOLD_EXPIRED': 20,
  'change accepted': 50,
  'change TOO_LATE': 20,
  'extend accepted': 50,
  'cancel accepted': 50,
  'cancel WRONG_STATUS': 20,
  'check-in accepted': 50,
  'check-in TOO_EARLY': 50,
  'release accepted': 100,
  'release WRONG_STATUS': 20,
  'resize accepted': 100,
  'resize TOO_FEW_SPOTS': 1,
  'delete accepted': 20,
  'delete LOT_OCCUPIED': 20,
  'policy accepted': 50,
  'price accepted': 50,
  expired: 100,
  no_show: 100,
  'no_show at risk': 1,
  'put at risk': 10,
  // Sequences on PostgreSQL are shorter, because each of their statements takes longer.
  ...(ON_POSTGRES ? {} : { 'check-in SPOT_OCCUPIED': 1, 'no longer at risk': 1 }),
};

const seed = Number(process.env['PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const tally: Tally = new Map();
let driversCreated = 0;

type Sequence = typeof SEQUENCE extends fc.Arbitrary<infer T> ? T : never;

async function createScene({ lots }: Sequence, vpms: TestApp, clock: FixedClock): Promise<Scene> {
  // Each sequence begins on the hour, so that the sequences before it do not affect its result.
  clock.advance(HOUR - (clock.now().getTime() % HOUR));
  const count = (event: string) => tally.set(event, (tally.get(event) ?? 0) + 1);
  const model = new AheadModel(clock.now().getTime(), count);
  const scene = new Scene(model, vpms, { clock, count });
  const created = lots.map(async ({ numberOfSpots, price, policy }) => {
    const lot = model.createLot(numberOfSpots, price, policy);
    const { id } = await createLot(vpms, { numberOfSpots, pricePerHour: price });
    await vpms.app.get(PoliciesService).set(id, policy, ADMIN_PRINCIPAL);
    scene.lotIds.set(lot, id);
  });
  await Promise.all(created);
  const rows = Array.from({ length: DRIVERS }, () => {
    driversCreated += 1;
    const username = `modelled${driversCreated}`;
    const createdAt = clock.now().getTime();
    return {
      username,
      email: `${username}@example.com`,
      passwordHash: 'none',
      role: 'user' as const,
      createdAt,
      updatedAt: createdAt,
    };
  });
  const ids = await vpms.app.get(TransactionRunner).run((tx) => insertAccounts(tx, rows));
  for (const id of ids) scene.driverIds.set(model.createDriver(), id);
  return scene;
}

it.each(Array.from({ length: DATABASES }, (_, index) => seed + index))(
  'agrees with the model of booking ahead on any sequence, with PROPERTY_SEED=%i',
  { timeout: 120_000 },
  async (sequenceSeed) => {
    const clock = new FixedClock();
    await using vpms = await startTestApp({ clock });
    await fc.assert(
      fc.asyncProperty(SEQUENCE, async (sequence) => {
        const scene = await createScene(sequence, vpms, clock);
        for (const { step, isWatched } of sequence.steps) {
          await scene.take(step);
          if (isWatched) await scene.compare();
        }
        await scene.compare();
      }),
      { seed: sequenceSeed, numRuns: SEQUENCES_PER_DATABASE },
    );
    expect(await violationsOf(vpms)).toEqual({});
  },
);

it('has reached each result at least as often as required', () => {
  const leasts = Object.entries(LEAST).map(([result, least]) => {
    return [result, Math.floor((least * DATABASES) / (ON_POSTGRES ? 50 : 10))] as const;
  });
  const rare = leasts.filter(([result, least]) => (tally.get(result) ?? 0) < least);
  expect(rare.map(([result, least]) => ({ result, least, reached: tally.get(result) }))).toEqual(
    [],
  );
});

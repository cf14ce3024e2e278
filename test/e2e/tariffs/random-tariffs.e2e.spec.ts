import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  date,
  integer,
  jsonValue,
  oneof,
  record,
} from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember, type TestAccount } from '../../support/data/factories.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';
import { mutated } from '../../support/tariffs/mutated-bodies.js';
import { tariffBodies } from '../../support/tariffs/tariff-bodies.js';

/** Bodies in one property run, sent concurrently. */
const BATCH = 20;
/** Number of batches. A charge is computed without the database, so most batches run on SQLite. */
const VALID_BATCHES = ON_POSTGRES ? 3 : 10;
const MUTATED_BATCHES = ON_POSTGRES ? 10 : 40;

const stay = record({
  from: date({ min: new Date('1970-01-01Z'), max: new Date('9990-01-01Z'), noInvalidDate: true }),
  length: integer({ min: 0, max: 40 * DAY }),
}).map(({ from, length }) => ({
  from: from.toISOString(),
  until: new Date(from.getTime() + length).toISOString(),
}));

function previewBodies(decimals: number) {
  return record(
    {
      tariff: tariffBodies(decimals),
      time_zone: constantFrom('Asia/Kolkata', 'America/New_York', 'UTC', 'Africa/Casablanca'),
      stays: array(stay, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['tariff', 'stays'] },
  );
}

describe.each([
  ['INR', 2],
  ['JPY', 0],
  ['BHD', 3],
])('random tariffs in %s', (currency, decimals) => {
  const vpms = useTestApp({ environment: { CURRENCY: currency } });
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  const send = (raw: string) =>
    vpms.http.post('/api/admin/tariffs/preview', {
      token: admin.token,
      raw,
      headers: { 'content-type': 'application/json' },
    });

  it('are accepted and charged if they are valid', async () => {
    const bodies = array(previewBodies(decimals), { minLength: BATCH, maxLength: BATCH });
    await assert(
      asyncProperty(bodies, async (batch) => {
        const responses = await Promise.all(batch.map((body) => send(JSON.stringify(body))));
        for (const { status, text, body } of responses) {
          expect(status, text.slice(0, 500)).toBe(200);
          for (const { lines, total, tax } of body) {
            const minor = (amount: number) => Math.round(amount * 10 ** decimals);
            const sum = lines.reduce(
              (all: number, { amount }: { amount: number }) => all + minor(amount),
              0,
            );
            expect(sum).toBe(minor(total));
            expect(tax).toBeLessThanOrEqual(total);
          }
        }
      }),
      { numRuns: VALID_BATCHES },
    );
  });

  it('cause no error of the program', async () => {
    const texts = oneof(
      { weight: 6, arbitrary: mutated(previewBodies(decimals)) },
      { weight: 1, arbitrary: jsonValue().map((value) => JSON.stringify(value)) },
    );
    let [accepted, refused] = [0, 0];
    await assert(
      asyncProperty(array(texts, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
        for (const response of await Promise.all(batch.map(send))) {
          if (response.status === 200) accepted += 1;
          else {
            expect(response.status, response.text.slice(0, 500)).toBe(400);
            expectProblem(response, `400 ${response.body.code as 'VALIDATION_FAILED'}`);
            refused += 1;
          }
        }
      }),
      { numRuns: MUTATED_BATCHES, endOnFailure: true },
    );
    // Some of these bodies are still valid.
    expect(accepted).toBeGreaterThan(MUTATED_BATCHES / 2);
    expect(refused).toBeGreaterThan(10 * MUTATED_BATCHES);
  });
});

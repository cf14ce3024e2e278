import { performance } from 'node:perf_hooks';
import { MailServer } from '../../test/support/servers/mail-server.js';
import { startProcess } from '../../test/support/processes/processes.js';
import { medianOf, separationOf } from './ranks.js';

/**
 * Measures whether the response time shows that an account exists: 200 requests for a known and 200 for
 * an unknown address or name, one at a time and in random order. Run it with `npm run bench:timing`; set
 * `DATABASE_URL` for PostgreSQL. docs/security.md has a result.
 */
const TRIES = 200;
const WARM_UP = 20;

const PASSWORD = 'a long and rare one';
const databaseUrl = process.env['DATABASE_URL'];

await using mailServer = await MailServer.start();
await using vpms = await startProcess({
  environment: {
    ...mailServer.environment,
    RATE_LIMIT_ENABLED: 'false',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  },
});
const { http } = vpms;
const person = { username: 'known', email: 'known@example.com', password: PASSWORD };
await http.post('/api/user/register', { body: person });

/** Requests about a person; `isKnown` is true if there is an account. */
const REQUESTS: Readonly<Record<string, (isKnown: boolean) => readonly [string, object]>> = {
  'forgot-password': (isKnown) => [
    '/api/user/forgot-password',
    { email: isKnown ? person.email : 'other@example.com' },
  ],
  'login with a wrong password': (isKnown) => [
    '/api/user/login',
    { username: isKnown ? person.username : 'other', password: 'wrong' },
  ],
};

for (const [name, request] of Object.entries(REQUESTS)) {
  const known: number[] = [];
  const unknown: number[] = [];
  const statuses = new Set<number>();
  const measure = async (isKnown: boolean): Promise<number> => {
    const [path, body] = request(isKnown);
    const start = performance.now();
    statuses.add((await http.post(path, { body })).status);
    return performance.now() - start;
  };
  for (let count = 0; count < WARM_UP; count += 1) await measure(count % 2 === 0);
  while (known.length < TRIES || unknown.length < TRIES) {
    const isKnown = Math.random() < 0.5;
    const sample = isKnown ? known : unknown;
    if (sample.length < TRIES) sample.push(await measure(isKnown));
  }
  const { probability, p } = separationOf(known, unknown);
  const medians = [known, unknown].map((sample) => medianOf(sample).toFixed(2));
  process.stdout.write(
    `${name}: medians of ${TRIES} ${medians.join(' and ')} ms, ` +
      `P(known is slower) ${probability.toFixed(3)}, p = ${p.toFixed(2)}, ` +
      `status ${[...statuses].join(', ')}\n`,
  );
}

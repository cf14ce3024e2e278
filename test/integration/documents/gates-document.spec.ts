import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readFlags } from '../../../src/tools/gate-simulator/flags.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { startTestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { loginAdmin } from '../../support/http/login.js';

const DOCUMENT = readFileSync(new URL('../../../docs/gates.md', import.meta.url), 'utf8');
const execute = promisify(execFile);

/** The commands that call the API, each with the response below it. */
const EXAMPLES = [...DOCUMENT.matchAll(/^```sh\n(curl .*?)^```\n\n```json\n(.*?)^```$/gms)].map(
  ([, command = '', response = '']) => ({ command, response: JSON.parse(response) as object }),
);

it('the examples of docs/gates.md return the responses that it shows', async () => {
  const clock = new FixedClock('2026-03-02T08:00:00.000Z');
  await using vpms = await startTestApp({ clock });
  await createLot(vpms, { pricePerHour: 8000 });
  await vpms.as(await createMember(vpms)).addVehicle({ plate: 'DL-01-AB-1234' });
  const environment = { PATH: process.env['PATH'], ADMIN: await loginAdmin(vpms), KEY: '' };
  /** Runs the command in a shell, and returns the response as JSON. */
  const run = async (command: string): Promise<Record<string, unknown>> => {
    const script = command.replaceAll('http://127.0.0.1:5000', vpms.http.url);
    const { stdout } = await execute('bash', ['--norc', '-euc', script], { env: environment });
    return JSON.parse(stdout);
  };

  expect(EXAMPLES).toHaveLength(3);
  const [creation, entry, exit] = EXAMPLES;
  const { key, ...gate } = await run(creation?.command ?? '');
  expect({ ...gate, key: 'gate_5gfA…' }).toEqual(creation?.response);
  expect(key).toMatch(/^gate_/);
  environment.KEY = String(key);
  expect(await run(entry?.command ?? '')).toEqual(entry?.response);
  clock.set('2026-03-02T08:41:00.000Z');
  expect(await run(exit?.command ?? '')).toEqual(exit?.response);
});

it('the simulator accepts the flags that docs/gates.md shows', () => {
  const [, flags = ''] = /^npm run gate:simulate -- (--url .*)$/m.exec(DOCUMENT) ?? [];
  expect(readFlags(flags.split(' '))).toMatchObject({
    url: 'http://127.0.0.1:5000',
    minutes: 60,
    speed: 60,
  });
});

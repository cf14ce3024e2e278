import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { type CliResult, runCli } from '../../support/processes/run-cli.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';
import { openDatabase } from '../../support/data/database-file.js';

const CITY = ['--lots=2', '--users=60', '--days=2', '--bookings-per-day=10'];
const DAY = ['--lots=2', '--cars=8', '--minutes=600', '--speed=1000000', '--offline=0.1'];

let vpms: VpmsProcess;

beforeAll(async () => {
  const dataDirectory = temporaryDirectory();
  const environment = { DATA_DIR: dataDirectory };
  const seeded = await runCli('tools/seed/seed-cli.js', { args: CITY, environment });
  expect(seeded.code, seeded.stderr).toBe(0);
  vpms = await startProcess({ dataDirectory });
});

afterAll(() => vpms[Symbol.asyncDispose]());

function simulate(environment: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return runCli('tools/gate-simulator/gate-simulate-cli.js', {
    args: ['--url', vpms.http.url, ...DAY],
    environment,
  });
}

describe('npm run gate:simulate in the sample city', () => {
  it('exits with 0 if events and bookings agree, also in a second run over the same time', async () => {
    for (let run = 1; run <= 2; run += 1) {
      const { code, stdout, stderr } = await simulate();
      expect(stderr).toBe('');
      expect(stdout).toMatch(/\d+ events: .*BOOKED.*\nEvents and bookings agree\.\n$/);
      expect(code).toBe(0);
    }
  });

  it('exits with 1 and one line if the password of the operator is wrong', async () => {
    const { code, stderr } = await simulate({ ADMIN_PASSWORD: 'not this one' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });

  it('exits with 1 if a booking has a different cost from its exit', async () => {
    using database = openDatabase(vpms.dataDirectory);
    database.run(`CREATE TRIGGER other_cost AFTER INSERT ON gate_events
      WHEN NEW.reason = 'RELEASED' BEGIN
        UPDATE reservations SET cost = cost + 1 WHERE id = NEW.booking_id;
      END`);
    const { code, stdout } = await simulate();
    expect(stdout).toMatch(/booking \d+ has a different cost from its exit\n/);
    expect(code).toBe(1);
  });
});

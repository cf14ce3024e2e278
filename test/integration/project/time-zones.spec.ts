import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

/** All specs that compute with instants. */
const SPECS = [
  'src/parking/reservations/pricing/pricing.spec.ts',
  'src/platform/time/calendar.spec.ts',
  'test/e2e/bookings/time.e2e.spec.ts',
];

/** Runs the specs in a process with this time zone. */
async function runIn(zone: string): Promise<{ code: unknown; output: string }> {
  const run = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project=sqlite', ...SPECS],
    {
      env: { ...process.env, TZ: zone, VITEST: undefined, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [run.stdout, run.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const [code] = await once(run, 'close');
  return { code, output };
}

describe('a process whose own time zone is', () => {
  it.each(['Asia/Kolkata', 'America/New_York'])(
    '%s computes the same results',
    { timeout: 120_000 },
    async (zone) => {
      const { code, output } = await runIn(zone);
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringMatching(/Test Files\s+3 passed/),
      });
    },
  );
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../../support/app/test-app.js';

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const execute = promisify(execFile);

/** The commands of the section, one block after another. */
function commandsOf(heading: string): string {
  const section = README.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
}

describe('the tour in README', () => {
  it('works when pasted into a shell, from registration to the downloaded export', async () => {
    await using vpms = await startTestApp();
    const commands = commandsOf('A tour').replaceAll('http://127.0.0.1:5000', vpms.http.url);
    const { stdout, stderr } = await execute('bash', [
      '--norc',
      '-euo',
      'pipefail',
      '-c',
      commands,
    ]);

    const milestones = [
      '"message":"Registered. You can log in now."',
      '"number_of_spots":50,"available_spots":50',
      '"spot_number":"1"',
      '"code":"ALREADY_PARKED"',
      '"status":"O","status_text":"Occupied"',
      '"parking_cost":40',
      '"cost":40}',
      '"status":"completed","message":"The export is ready."',
      'Reservation ID,Spot ID,Spot Number,Parking Lot,Address',
      ',40.00,INR,Completed,',
    ];
    const remedy =
      'The responses to the commands of "A tour" in README.md have changed. Adapt the commands there, or the milestones in test/integration/documents/readme.spec.ts.';
    for (const milestone of milestones) expect(stdout, remedy).toContain(milestone);
    expect(stdout.match(/"code":"\w+"/g)).toEqual(['"code":"ALREADY_PARKED"']);
    expect(stderr).toBe('');
  });
});

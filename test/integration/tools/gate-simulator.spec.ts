import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../src/tools/gate-simulator/flags.js';
import { simulate } from '../../../src/tools/gate-simulator/simulate.js';
import { verify } from '../../../src/tools/gate-simulator/verify.js';
import { useTestApp } from '../../support/app/test-app.js';
import type { Rule } from '../../support/checks/rules.js';
import { violationsOf } from '../../support/checks/violations.js';
import { createLot, createMember, createMembers, PASSWORD } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';

/**
 * These rules are not checked, because a late event gets a spot that is free when the event is received,
 * and the accounts and lots are created after the instants of the events.
 */
const EXCEPT: readonly Rule[] = [
  'no two stays on one spot overlap',
  'no reservation began before its account or lot was created',
];

describe('npm run gate:simulate', () => {
  const vpms = useTestApp();
  const passwords = { admin: DEFAULT_ADMIN.password, drivers: PASSWORD };
  const gates = async () =>
    (await vpms.as(await createMember(vpms, 'admin')).get('/api/admin/gates')).body;

  it('drives cars through gates of cameras that are offline, repeat and misread, and verifies the result', async () => {
    await createLot(vpms, { numberOfSpots: 3 });
    await createLot(vpms, { numberOfSpots: 50 });
    // This driver does not belong to the sample city, and comes first in the list.
    const stranger = await createMember(vpms);
    const otherHash = "(SELECT password_hash FROM accounts WHERE role = 'admin')";
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE accounts SET password_hash = ${otherHash} WHERE id = ${stranger.id}`,
    );
    await createMembers(vpms, 12);
    let output = '';
    const flags = readFlags(
      `--url ${vpms.http.url} --minutes 900 --speed 1000000 --cars 12 --offline 0.1 --misread 0.1 --repeat 0.3`.split(
        ' ',
      ),
    );
    const write = (text: string) => {
      output += text;
    };
    const { site, sightings, since, faults } = await simulate(flags, passwords, write);
    expect(faults).toEqual([]);
    expect(output).toMatch(/\d+ events: .*BOOKED.*\nEvents and bookings agree\.\n$/);
    expect(output).toMatch(/open, offline: queued\n/);
    expect(output).toMatch(/\(sent later\)\n/);
    expect(output).toMatch(/refuse UNKNOWN_PLATE\n/);
    expect(await violationsOf(vpms, EXCEPT)).toEqual({});

    expect(new Set(sightings.map(({ plate }) => plate)).size).toBeGreaterThanOrEqual(12);
    expect(await gates()).toEqual([]);

    // The verification reports a wrong booking, and a missing event.
    const [released] = sightings.filter(({ decision }) => decision?.['reason'] === 'RELEASED');
    const id = Number(released?.decision?.['booking_id']);
    const change = (sql: string) => queryDatabase(vpms.dataDirectory, sql);
    await change(`UPDATE reservations SET cost = cost + 1 WHERE id = ${id}`);
    expect(await verify(site, sightings, since)).toEqual([
      `booking ${id} has a different cost from its exit`,
    ]);
    await change(`UPDATE reservations SET cost = cost - 1 WHERE id = ${id}`);
    await change(`DELETE FROM gate_events WHERE event_id = '${sightings[0]?.eventId}'`);
    expect(await verify(site, sightings, since)).not.toEqual([]);
  }, 60_000);

  it('removes its gates if it fails', async () => {
    const flags = readFlags(['--url', vpms.http.url, '--minutes', '60', '--speed', '1000000']);
    const write = () => {
      throw new Error('The output is closed');
    };
    await expect(simulate(flags, passwords, write)).rejects.toThrow('The output is closed');
    expect(await gates()).toEqual([]);
  });

  it('adds no gates, and explains what to do, if there are no drivers of the sample city', async () => {
    const flags = readFlags(['--url', vpms.http.url]);
    const wrong = { ...passwords, drivers: 'of another city' };
    const sentence = 'The sample city has no driver without a booking in the simulated time';
    await expect(simulate(flags, wrong, () => {})).rejects.toThrow(sentence);
    expect(await gates()).toEqual([]);
  });

  it.each([
    ['--minutes 0', '--minutes must be a number from 1 to 1320'],
    ['--offline 1.5', '--offline must be a number from 0 to 1'],
    ['--cars x', '--cars must be'],
    ['--unknown', "Unknown option '--unknown'"],
  ])('refuses %s', (args, message) => {
    expect(() => readFlags(args.split(' '))).toThrow(message);
  });
});

import { MINUTE } from '../../platform/time/durations.js';
import { Random } from '../seed/random.js';
import { Api } from './api.js';
import { Camera, type Sighting } from './camera.js';
import type { SimulationFlags } from './flags.js';
import { type Passwords, prepareSite, removeGates, type Site } from './site.js';
import { drive, SECOND_TRY } from './traffic.js';
import { verify } from './verify.js';

export interface Simulation {
  readonly site: Site;
  readonly sightings: readonly Sighting[];
  /** When the simulation began, in ms. */
  readonly since: number;
  /**
   * What went wrong: stored events and bookings that differ from the responses, and responses that
   * differ when repeated.
   */
  readonly faults: readonly string[];
}

/** Simulates traffic that ends now, and verifies the result. @param write prints a text */
export async function simulate(
  flags: SimulationFlags,
  passwords: Passwords,
  write: (text: string) => void,
): Promise<Simulation> {
  const since = Date.now();
  const start = since - SECOND_TRY - flags.minutes * MINUTE;
  const site = await prepareSite(new Api(flags.url), flags, { start, ...passwords });
  const cameras = site.gates.map((gate) => new Camera(site.api, gate));
  const random = new Random(flags.randomSeed, 'gates');
  const print = (sighting: Sighting, note = '') => write(lineOf(sighting, note));
  const traffic = { site, cameras, random, flags, print };
  try {
    const wrong = await drive(traffic, { start, end: start + flags.minutes * MINUTE });
    const sightings = cameras.flatMap((camera) => camera.sightings);
    const faults = [...wrong, ...(await verify(site, sightings, since))];
    write(summaryOf(sightings, faults));
    return { site, sightings, since, faults };
  } finally {
    await removeGates(site);
  }
}

function lineOf({ gate, plate, at, decision }: Sighting, note: string): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const direction = gate.direction === 'in' ? 'in ' : 'out';
  const { action, reason, booking_id: id } = decision ?? {};
  const decided = decision
    ? `${String(action)} ${String(reason)}${id === null ? '' : ` booking ${Number(id)}`}`
    : 'open, offline: queued';
  return `${time} lot ${gate.lotId} ${direction} ${plate}: ${decided}${note && ` (${note})`}\n`;
}

function summaryOf(sightings: readonly Sighting[], faults: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const { decision } of sightings) {
    const reason = String(decision?.['reason']);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const listed = [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const result = faults.length === 0 ? 'Events and bookings agree.' : faults.join('\n');
  return `${sightings.length} events: ${listed}\n${result}\n`;
}

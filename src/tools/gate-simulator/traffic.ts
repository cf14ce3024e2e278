import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { MINUTE } from '../../platform/time/durations.js';
import type { Random } from '../seed/random.js';
import type { Camera, Sighting } from './camera.js';
import type { SimulationFlags } from './flags.js';
import type { Site } from './site.js';

/** How long a car is away, and how long it stays, in minutes. */
const AWAY = { min: 5, max: 180 };
const STAY = { min: 2, max: 240 };
/** How long a camera is offline, in minutes. */
const OUTAGE = { min: 3, max: 90 };
/** Time after which a driver with a misread plate tries again, in ms. */
export const SECOND_TRY = 5_000;

interface Car {
  readonly plate: string;
  /** The lot in which the car is; undefined while the car is away. */
  lotId: number | undefined;
  /** When the car next arrives or leaves, in ms. */
  next: number;
}

export interface Traffic {
  readonly site: Site;
  readonly cameras: readonly Camera[];
  readonly random: Random;
  readonly flags: SimulationFlags;
  /** Prints a decision. */
  readonly print: (sighting: Sighting, note?: string) => void;
}

/** Drives the cars from `start` until `end` (ms). Returns what went wrong. */
export async function drive(
  traffic: Traffic,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<string[]> {
  const { site, random, flags, cameras } = traffic;
  const faults: string[] = [];
  const cars = site.plates.map((plate): Car => {
    return {
      plate,
      lotId: undefined,
      next: start + Math.round(random.between(0, AWAY.max) * MINUTE),
    };
  });
  const begin = performance.now();
  for (;;) {
    const car = cars.reduce((first, each) => (each.next < first.next ? each : first));
    if (car.next >= end) break;
    await sleep(Math.max(0, (car.next - start) / flags.speed - (performance.now() - begin)));
    faults.push(...(await pass(traffic, car, car.next)));
  }
  for (const camera of cameras) {
    for (const sent of await camera.sendQueue()) traffic.print(sent, 'sent later');
  }
  return faults;
}

/** Simulates the arrival or the departure of a car. Returns what went wrong. */
async function pass(traffic: Traffic, car: Car, at: number): Promise<string[]> {
  const { random, site, flags } = traffic;
  const isEntry = car.lotId === undefined;
  const lotId = car.lotId ?? random.pick(site.gates).lotId;
  const camera = cameraAt(traffic, lotId, isEntry ? 'in' : 'out');
  if (random.chance(flags.offline)) camera.loseConnection(at + outage(random));
  const faults: string[] = [];
  let sighting = await passCamera(traffic, camera, car.plate, at, faults);
  if (sighting.decision?.['action'] === 'refuse' && sighting.plate !== car.plate) {
    sighting = await passCamera(traffic, camera, car.plate, at + SECOND_TRY, faults);
  }
  const isOpen = sighting.decision === undefined || sighting.decision['action'] === 'open';
  // The driver of a car that cannot leave calls the operator.
  if (!isOpen && !isEntry) await openByHand(traffic, camera, car.plate);
  const enters = isEntry && isOpen;
  car.lotId = enters ? lotId : undefined;
  const { min, max } = enters ? STAY : AWAY;
  car.next = at + SECOND_TRY + Math.round(random.between(min, max) * MINUTE);
  return faults;
}

async function passCamera(
  { random, flags, print }: Traffic,
  camera: Camera,
  plate: string,
  at: number,
  faults: string[],
): Promise<Sighting> {
  const sighting = await camera.see(
    random.chance(flags.misread) ? misread(plate, random) : plate,
    at,
  );
  print(sighting);
  // Simulates a lost response: the camera sends the event again and must get the same decision.
  if (sighting.decision && random.chance(flags.repeat)) {
    const again = await camera.send(sighting);
    if (!isDeepStrictEqual(again, sighting.decision)) {
      faults.push(`event ${sighting.eventId} got another response when it was repeated`);
    }
  }
  return sighting;
}

async function openByHand({ site }: Traffic, { gate }: Camera, plate: string): Promise<void> {
  const body = { gate_id: gate.id, reason: 'The driver called from the exit', plate };
  await site.api.call('POST', '/api/admin/gate-events', { token: site.adminToken, body });
}

function cameraAt({ cameras }: Traffic, lotId: number, direction: 'in' | 'out'): Camera {
  const camera = cameras.find(({ gate }) => gate.lotId === lotId && gate.direction === direction);
  if (!camera) throw new Error(`There is no gate ${direction} of lot ${lotId}`);
  return camera;
}

function outage(random: Random): number {
  return random.between(OUTAGE.min, OUTAGE.max) * MINUTE;
}

/** Replaces one character of the plate. */
function misread(plate: string, random: Random): string {
  const at = random.integer(0, plate.length - 1);
  return `${plate.slice(0, at)}X${plate.slice(at + 1)}`;
}

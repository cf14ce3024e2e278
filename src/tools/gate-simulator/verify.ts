import type { Json } from './api.js';
import type { Sighting } from './camera.js';
import type { Site } from './site.js';

/**
 * Compares the responses that the cameras got with the events and bookings that the program lists.
 * Returns the differences.
 * @param since when the simulation began, in ms
 */
export async function verify(
  site: Site,
  sightings: readonly Sighting[],
  since: number,
): Promise<string[]> {
  const events = await readEvents(site, since);
  const bookings = await readBookings(site, since);
  return [...compareEvents(sightings, events), ...compareBookings(events, bookings)];
}

async function readEvents({ api, adminToken, gates }: Site, since: number): Promise<Json[]> {
  const events: Json[] = [];
  for (const { id } of gates) {
    const path = `/api/admin/gate-events?gate_id=${id}&limit=500`;
    const isLast = (event: Json) => Date.parse(String(event['received_at'])) < since;
    events.push(...(await api.list(path, { token: adminToken, isLast })));
  }
  return events.filter((event) => event['reason'] !== 'BY_HAND');
}

/** Bookings of the simulated cars that the simulation has made. */
async function readBookings({ api, adminToken, plates }: Site, since: number): Promise<Json[]> {
  const bookings: Json[] = [];
  for (const plate of plates) {
    const path = `/api/admin/bookings?vehicle_number=${encodeURIComponent(plate)}&limit=500`;
    bookings.push(...(await api.list(path, { token: adminToken })));
  }
  return bookings.filter((booking) => Date.parse(String(booking['created_at'])) >= since);
}

/** Verifies that each sighting is stored once, with the decision that the camera got. */
function compareEvents(sightings: readonly Sighting[], events: readonly Json[]): string[] {
  const faults: string[] = [];
  const byId = new Map(events.map((event) => [event['event_id'], event]));
  if (byId.size !== events.length) faults.push('an event is listed twice');
  if (byId.size !== sightings.length) {
    faults.push(`${sightings.length} events were sent, and ${byId.size} are listed`);
  }
  for (const { eventId, plate, at, gate, decision } of sightings) {
    const event = byId.get(eventId);
    // A refused exit gets its booking when its entry is received later.
    const isSame =
      event?.['plate'] === plate &&
      event['gate_id'] === gate.id &&
      Date.parse(String(event['at'])) === at &&
      event['action'] === decision?.['action'] &&
      event['reason'] === decision?.['reason'] &&
      (event['action'] === 'refuse' || event['booking_id'] === decision?.['booking_id']);
    if (!isSame) faults.push(`event ${eventId} is not listed as it was decided`);
  }
  return faults;
}

/**
 * Verifies that each booking began with one event, and is over if and only if an event ended it, at
 * the same cost.
 */
function compareBookings(events: readonly Json[], bookings: readonly Json[]): string[] {
  const faults: string[] = [];
  const begun = events.filter((event) => event['reason'] === 'BOOKED');
  const ended = events.filter(
    (event) => event['direction'] === 'out' && event['booking_id'] !== null,
  );
  const ids = new Set(bookings.map((booking) => booking['id']));
  for (const event of begun) {
    if (!ids.has(event['booking_id'])) {
      faults.push(`booking ${String(event['booking_id'])} of an event is missing`);
    }
  }
  for (const booking of bookings) {
    const name = `booking ${String(booking['id'])}`;
    const [start, ...others] = begun.filter((event) => event['booking_id'] === booking['id']);
    if (others.length > 0 || !(start ?? events.some(isDecidedAgain(booking)))) {
      faults.push(`${name} did not begin with one event`);
    }
    const isPlaced =
      start?.['lot_id'] === booking['lot_id'] && start?.['spot_number'] === booking['spot_number'];
    if (start && !isPlaced) faults.push(`${name} is not on the spot of its event`);
    const ends = ended.filter((event) => event['booking_id'] === booking['id']);
    if ((booking['status'] === 'completed') !== ends.length > 0) {
      faults.push(`${name} is ${String(booking['status'])} after ${ends.length} exits`);
    }
    const wrong = ends.filter(
      (event) => event['reason'] === 'RELEASED' && event['cost'] !== booking['parking_cost'],
    );
    if (wrong.length > 0) faults.push(`${name} has a different cost from its exit`);
  }
  return faults;
}

/**
 * Whether the booking began with an entry that was decided again when an exit was received late
 * (docs/gates.md). The response to such an entry named another booking, or none.
 */
function isDecidedAgain(booking: Json): (event: Json) => boolean {
  const parkedAt = Date.parse(String(booking['parking_timestamp']));
  return (event) =>
    (event['reason'] === 'ALREADY_IN' || event['reason'] === 'PARKED_ELSEWHERE') &&
    event['lot_id'] === booking['lot_id'] &&
    event['plate'] === booking['vehicle_number'] &&
    Date.parse(String(event['at'])) <= parkedAt;
}

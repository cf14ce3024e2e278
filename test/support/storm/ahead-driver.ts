import { HOUR, MINUTE, SECOND } from '../../../src/platform/time/durations.js';
import type { ApiClient } from '../http/clients/api-client.js';
import { type AheadBookings, likelyEvent, type OnceEvent } from './ahead-bookings.js';
import { anyOf, type Dice } from './dice.js';
import type { Ledger } from './ledger.js';

/** Maximum number of bookings ahead that a driver has at once. */
const MAX_OPEN = 5;

const ACTIONS = [
  'once',
  'once',
  'once',
  'change',
  'extend',
  'preview-extension',
  'preview-cancellation',
] as const;

/** What the drivers and operators of a storm share, and the dice of one of them. */
export interface AheadStorm {
  readonly ledger: Ledger;
  readonly bookings: AheadBookings;
  readonly roll: Dice;
  readonly isOver: () => boolean;
}

/** A driver who books ahead, and does everything that a driver can do with a booking. */
export async function driveAhead(api: ApiClient, storm: AheadStorm): Promise<void> {
  const { ledger, bookings, roll, isOver } = storm;
  const own: number[] = [];
  while (!isOver()) {
    const open = own.filter((id) => bookings.open.has(id)).slice(-MAX_OPEN);
    if (open.length === 0 || (open.length < MAX_OPEN && roll(3) === 0)) {
      const what = roll(2) === 0 ? 'hold' : 'reserve';
      const body = { lot_id: ledger.anyLot(roll), hold: what === 'hold', ...anyWindow(roll) };
      const booked = await api.bookAhead(body);
      ledger.note(what, booked, [201, 400, 404, 409]);
      if (booked.status !== 201) continue;
      own.push(booked.body.id);
      bookings.add(booked.body);
    } else {
      // A driver who is parked cannot check in, so the car should leave soon.
      const parked = open.filter((id) => bookings.open.get(id) === 'active');
      await act(api, storm, anyOf(roll, parked.length > 0 && roll(3) === 0 ? parked : open));
    }
  }
}

/** Half of the windows begin within seconds, so that some drivers come too late. */
function anyWindow(roll: Dice): { readonly from: string; readonly until: string } {
  const tomorrow = Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR;
  const [from, length] =
    roll(2) === 0
      ? [Date.now() + roll(2 * SECOND), (1 + roll(3)) * MINUTE]
      : [tomorrow + roll(40) * 15 * MINUTE, (2 + roll(8)) * 15 * MINUTE];
  return { from: new Date(from).toISOString(), until: new Date(from + length).toISOString() };
}

async function act(api: ApiClient, storm: AheadStorm, id: number): Promise<void> {
  const { ledger, bookings, roll } = storm;
  const action = anyOf(roll, ACTIONS);
  switch (action) {
    case 'change': {
      const body = roll(4) === 0 ? { remarks: `roll ${roll(1e6)}` } : anyWindow(roll);
      return ledger.note(action, await api.changeBooking(id, body), [200, 400, 409]);
    }
    case 'extend':
    case 'preview-extension': {
      const { body } = await api.booking(id);
      const until = Date.parse(body.reserved_until) + (1 + roll(20)) * MINUTE;
      const instant = new Date(until).toISOString();
      const response = await (action === 'extend'
        ? api.extend(id, instant)
        : api.previewExtension(id, instant));
      return ledger.note(action, response, [200, 400, 409]);
    }
    case 'preview-cancellation':
      return ledger.note(action, await api.previewCancellation(id), [200, 409]);
    default:
      return actOnce(api, storm, { id, event: likelyEvent(roll, bookings.open.get(id)) });
  }
}

async function actOnce(
  api: ApiClient,
  { ledger, bookings }: AheadStorm,
  { id, event }: { readonly id: number; readonly event: OnceEvent },
): Promise<void> {
  const response = await api.post(`/api/user/bookings/${id}/${event}`);
  ledger.note(event, response, event === 'confirm' ? [200, 409, 410] : [200, 409]);
  if (response.status === 200) bookings.acknowledge(event, response.body);
  else if (isOver(response.text)) bookings.open.delete(id);
}

/** Whether the refusal shows that time or an operator has ended the booking. */
function isOver(text: string): boolean {
  return /HOLD_EXPIRED|ALREADY_RELEASED|is (no-show|expired|cancelled|completed)/.test(text);
}

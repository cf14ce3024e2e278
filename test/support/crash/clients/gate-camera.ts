import type { HttpClient } from '../../http/clients/http-client.js';
import { type BookingRow, groupBy, type Snapshot } from '../snapshot.js';
import { type CrashWorkload, type Findings, send } from '../workload.js';

interface Event {
  readonly direction: 'in' | 'out';
  readonly eventId: string;
}

interface CameraOptions {
  /** The driver who has added the vehicle with the plate. */
  readonly userId: number;
  readonly plate: string;
  readonly key: string;
  /** The gate, which no other camera uses. */
  readonly gateId: number;
}

/** One car that enters and leaves, again and again. */
export class GateCamera implements CrashWorkload {
  /** The responses by the id of the event. */
  private readonly responses = new Map<string, string>();
  /** The booking of the car that is inside. */
  private inside: number | undefined;
  private count = 0;
  /** An event without a response. */
  private unconfirmed: Event | undefined;
  /** Whether that event was stored before the crash. */
  private isStored = false;

  constructor(private readonly options: CameraOptions) {}

  async run(http: HttpClient): Promise<never> {
    for (;;) {
      this.count += 1;
      const direction = this.inside === undefined ? 'in' : 'out';
      await this.report(http, { direction, eventId: `car-${this.count}` });
    }
  }

  check({ gateEvents, bookings }: Snapshot, findings: Findings): void {
    const events = gateEvents.filter(({ gate_id: id }) => id === this.options.gateId);
    const byId = groupBy(events, ({ event_id: id }) => id);
    for (const id of this.responses.keys()) {
      if (byId.get(id)?.length !== 1) findings.lost.push(`event ${id}: ${byId.get(id)?.length}`);
    }
    const unknown = [...byId.keys()].filter((id) => !this.responses.has(id));
    this.isStored = unknown.length === 1 && unknown[0] === this.unconfirmed?.eventId;
    if (unknown.length > 0 && !this.isStored) findings.partial.push(`events ${unknown.join(', ')}`);
    // An event is stored with its booking, or neither is: after an entry the car is parked.
    const rows: readonly BookingRow[] = bookings.get(this.options.userId) ?? [];
    const entries = events.filter(({ reason }) => reason === 'BOOKED');
    const exits = events.filter(({ reason }) => reason === 'RELEASED');
    const released = rows.filter(({ left_at: leftAt }) => leftAt !== null);
    if (rows.length !== entries.length || released.length !== exits.length) {
      const counts = [rows, entries, released, exits].map(({ length }) => length).join(', ');
      findings.partial.push(`bookings, entries, releases and exits of a car: ${counts}`);
    }
  }

  async retryInFlight(http: HttpClient, findings: Findings): Promise<void> {
    const { unconfirmed, isStored } = this;
    if (!unconfirmed) return;
    const { text } = await this.report(http, unconfirmed);
    const reason = unconfirmed.direction === 'in' ? 'BOOKED' : 'RELEASED';
    if (isStored && !text.includes(reason)) findings.partial.push(`repeated event: ${text}`);
  }

  /** Number of events. */
  get acknowledged(): number {
    return this.responses.size;
  }

  private async report(http: HttpClient, event: Event) {
    this.unconfirmed = event;
    const { key: token, plate } = this.options;
    const path = `/api/gate/${event.direction === 'in' ? 'entries' : 'exits'}`;
    const body = { event_id: event.eventId, plate };
    const response = await send(() => http.post(path, { token, body }), 200);
    const first = this.responses.get(event.eventId);
    if (first !== undefined && first !== response.text) throw new Error(`not ${first}`);
    const expected = event.direction === 'in' ? ['BOOKED', 'LOT_FULL'] : ['RELEASED'];
    if (!expected.includes(response.body.reason)) throw new Error(`unexpected: ${response.text}`);
    this.unconfirmed = undefined;
    this.responses.set(event.eventId, response.text);
    if (event.direction === 'out') this.inside = undefined;
    else this.inside = response.body.booking_id ?? undefined;
    return response;
  }
}

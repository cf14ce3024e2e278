import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from '../../http/clients/http-client.js';
import type { BookingRow, Snapshot } from '../snapshot.js';
import { send, expectReplayed, type Findings, type CrashWorkload } from '../workload.js';

interface Stay {
  readonly lotId: number;
  readonly vehicle: string;
  /** In minor units; undefined while parked. */
  readonly cost?: number;
}

interface BookingRequest {
  /** The idempotency key: a request that is repeated with the key is executed once. */
  readonly key: string;
  /** The booking to release; undefined if a spot is to be booked. */
  readonly release?: number;
  readonly stay: Stay;
}

interface DriverWithLots {
  readonly id: number;
  readonly token: string;
  readonly lots: readonly number[];
}

/** Books and releases. */
export class BookingDriver implements CrashWorkload {
  private readonly stays = new Map<number, Stay>();
  private active: number | undefined;
  /** A request without a response. */
  private unconfirmed: BookingRequest | undefined;
  /** The booking of the unconfirmed request, if the request was executed. */
  private done: number | undefined;
  private steps = 0;

  constructor(private readonly person: DriverWithLots) {}

  async run(http: HttpClient): Promise<never> {
    for (;;) await this.perform(http, this.nextRequest());
  }

  check({ bookings }: Snapshot, findings: Findings): void {
    const rows = bookings.get(this.person.id) ?? [];
    const there = new Set(rows.map(({ id }) => id));
    for (const [id, stay] of this.stays) {
      if (!there.has(id)) findings.lost.push(`booking ${id}, ${stay.vehicle}`);
    }
    this.done = undefined;
    for (const row of rows) this.compare(row, findings);
    this.active = rows.find(({ left_at: leftAt }) => leftAt === null)?.id;
  }

  /** Repeats the request without a response. */
  async retryInFlight(http: HttpClient, findings: Findings): Promise<void> {
    const { unconfirmed, done } = this;
    if (!unconfirmed) return;
    const response = await this.perform(http, unconfirmed);
    if (done !== undefined) expectReplayed({ response, id: done }, findings);
  }

  get acknowledged(): number {
    return this.stays.size;
  }

  private compare(row: BookingRow, findings: Findings): void {
    const { unconfirmed } = this;
    const mayBeReleased = unconfirmed?.release === row.id;
    const mayBeBooked = !this.stays.has(row.id) && unconfirmed?.release === undefined;
    const expected = this.stays.get(row.id) ?? (mayBeBooked ? unconfirmed?.stay : undefined);
    const isMixed = row.lot_id !== expected?.lotId || row.vehicle_number !== expected.vehicle;
    const hasLeftWithoutRequest =
      row.left_at !== null && expected?.cost === undefined && !mayBeReleased;
    if (isMixed || hasLeftWithoutRequest) findings.partial.push(`booking ${JSON.stringify(row)}`);
    if (expected?.cost !== undefined && row.cost !== expected.cost) {
      findings.lost.push(`release of ${row.id} for ${expected.cost}: ${row.cost}`);
    }
    if (mayBeBooked || (mayBeReleased && row.left_at !== null)) this.done = row.id;
    const { lot_id: lotId, vehicle_number: vehicle, cost } = row;
    this.stays.set(row.id, { lotId, vehicle, ...(cost !== null && { cost }) });
  }

  private nextRequest(): BookingRequest {
    const { id, lots } = this.person;
    this.steps += 1;
    const key = `${id}-${this.steps}`;
    const parked = this.active === undefined ? undefined : this.stays.get(this.active);
    if (parked) return { key, release: this.active, stay: parked };
    return { key, stay: { lotId: lots[(id + this.steps) % lots.length] ?? 0, vehicle: key } };
  }

  private async perform(http: HttpClient, request: BookingRequest) {
    this.unconfirmed = request;
    const response = await (request.release === undefined
      ? this.book(http, request)
      : this.release(http, { ...request, release: request.release }));
    this.unconfirmed = undefined;
    return response;
  }

  private async book(http: HttpClient, { key, stay }: BookingRequest) {
    const body = { lot_id: stay.lotId, vehicle_number: stay.vehicle };
    const options = { ...this.options(key), body };
    const response = await send(() => http.post('/api/user/book-parking', options), 201, 409);
    if (response.status === 409) {
      if (response.body.code !== 'LOT_FULL') throw new Error(`unexpected: ${response.text}`);
      await sleep(10);
    } else {
      this.active = Number(response.body.id);
      this.stays.set(this.active, stay);
    }
    return response;
  }

  private async release(
    http: HttpClient,
    { key, release, stay }: BookingRequest & { release: number },
  ) {
    const path = `/api/user/bookings/${release}/release`;
    const response = await send(() => http.post(path, this.options(key)), 200);
    this.stays.set(release, { ...stay, cost: Math.round(response.body.cost * 100) });
    this.active = undefined;
    return response;
  }

  private options(key: string) {
    return { token: this.person.token, headers: { 'idempotency-key': key } };
  }
}

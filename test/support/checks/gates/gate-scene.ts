import { expect } from 'vitest';
import { AheadUnits } from '../../../../src/parking/reservations/ahead/ahead-units.js';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import { DAY, MINUTE } from '../../../../src/platform/time/durations.js';
import type { FixedClock } from '../../app/fixed-clock.js';
import type { TestApp } from '../../app/test-app.js';
import { createGate, createLot, createMember, type TestAccount } from '../../data/factories.js';
import { queryDatabase } from '../../data/test-database.js';
import type { HttpResponse } from '../../http/clients/http-client.js';
import { GateModel, type ModelDecision, type ModelEvent } from './gate-model.js';
import { DRIVERS, type Step, type Stream } from './gate-steps.js';
import { type ModelBooking, PRICE } from './model-booking.js';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** A program and a model that receive the same events. */
export class GateScene {
  readonly seen = new Map<string, number>();
  private readonly bookingIds: number[] = [];
  private count = 0;

  private constructor(
    private readonly vpms: TestApp,
    private readonly clock: FixedClock,
    private readonly model: GateModel,
    private readonly lotIds: readonly number[],
    private readonly gates: readonly { readonly key: string; readonly lot: number }[],
    private readonly members: readonly TestAccount[],
    private readonly admin: TestAccount,
    private readonly isAhead: boolean,
  ) {}

  static async create(vpms: TestApp, clock: FixedClock, stream: Stream): Promise<GateScene> {
    const started = clock.now().getTime();
    const spots = stream.isAhead ? [12, 12] : stream.spots;
    const lotIds = [];
    for (const numberOfSpots of spots)
      lotIds.push((await createLot(vpms, { numberOfSpots, pricePerHour: PRICE })).id);
    const gates = [];
    for (const [lot, lotId] of [...lotIds.entries()].flatMap((each) => [each, each]))
      gates.push({ key: (await createGate(vpms, { lotId })).key, lot });
    const members = [];
    const drivers = [];
    for (let number = 0; number < DRIVERS; number += 1) {
      const member = await createMember(vpms);
      const driver = {
        plate: `M ${started} ${number}`,
        opensGates: number > 0,
        disabledAt: undefined,
      };
      const { plate, opensGates: opens_gates } = driver;
      const added = await vpms.as(member).addVehicle({ plate, opens_gates });
      expect(added.status, added.text).toBe(201);
      members.push(member);
      drivers.push(driver);
    }
    // No event is older than the account or the lot.
    clock.advance(DAY);
    const model = new GateModel(drivers, spots);
    const admin = await createMember(vpms, 'admin');
    return new GateScene(vpms, clock, model, lotIds, gates, members, admin, stream.isAhead);
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'wait':
        return this.clock.advance(step.minutes * MINUTE);
      case 'entry':
      case 'exit':
        return this.report(this.eventOf(step));
      case 'repeat':
        return this.repeat(step);
      case 'book':
        return this.book(step);
      case 'release':
        return this.release(step);
      case 'reserve':
        return this.reserve(step);
      case 'toggle':
        return this.toggle(step);
      case 'price':
        return this.changePrice(step);
    }
  }

  /** Expects that every booking of the program equals the booking of the model. */
  async compare(): Promise<void> {
    this.model.lapse(this.now);
    await this.vpms.app.get(AheadUnits).settleDue();
    const ids = this.members.map(({ id }) => id);
    const rows = await queryDatabase<object>(
      this.vpms.dataDirectory,
      `SELECT id, status, lot_id, user_id, parked_at, left_at, cost FROM reservations
        WHERE user_id IN (${ids.join(', ')}) ORDER BY id`,
    );
    const expected = this.model.bookings.map((booking, index) => this.rowOf(booking, index));
    expect(rows).toEqual(expected.toSorted((a, b) => a.id - b.id));
  }

  private rowOf(booking: ModelBooking, index: number) {
    const { driver, lot, status, window, cost } = booking;
    return {
      id: this.bookingIds[index] ?? -1,
      status,
      lot_id: this.lotIds[lot],
      user_id: this.members[driver]?.id,
      parked_at: booking.parkedAt ?? window?.from,
      left_at: status === 'active' ? null : (booking.leftAt ?? window?.until),
      cost: status === 'active' ? null : (cost ?? 0),
    };
  }

  private isDisabled(driver: number): boolean {
    return this.model.drivers[driver]?.disabledAt !== undefined;
  }

  private get now(): number {
    return this.clock.now().getTime();
  }

  private eventOf({ kind, gate, plate, delay }: StepOf<'entry' | 'exit'>): ModelEvent {
    this.count += 1;
    return {
      gate,
      lot: this.gates[gate]?.lot ?? -1,
      direction: kind === 'entry' ? 'in' : 'out',
      eventId: `event ${this.count}`,
      plate: this.model.drivers[plate]?.plate ?? 'UNKNOWN',
      at: this.now - delay * MINUTE,
    };
  }

  private async report(event: ModelEvent): Promise<void> {
    const expected = this.model.receive(event, this.now);
    const path = event.direction === 'in' ? 'entries' : 'exits';
    const body = { event_id: event.eventId, plate: event.plate, at: new Date(event.at) };
    const token = this.gates[event.gate]?.key;
    const response = await this.vpms.http.post(`/api/gate/${path}`, { token, body });
    this.check(response, expected);
    await this.identifyNextStay();
    this.tally(`${event.direction} ${expected.reason}`);
  }

  /** Finds the id of a stay that a late exit has stored, because the response does not name it. */
  private async identifyNextStay(): Promise<void> {
    const index = this.model.bookings.length - 1;
    if (index < 0 || this.bookingIds[index] !== undefined) return;
    const [row] = await queryDatabase<{ id: number }>(
      this.vpms.dataDirectory,
      'SELECT MAX(id) AS id FROM reservations',
    );
    this.bookingIds[index] = row?.id ?? -1;
    this.tally('next stay');
  }

  private check({ status, text, body }: HttpResponse, expected: ModelDecision): void {
    expect(status, text).toBe(200);
    expect(body.reason).toBe(expected.reason);
    if (expected.booking === null) {
      expect(body.booking_id).toBeNull();
      return;
    }
    this.bookingIds[expected.booking] ??= body.booking_id;
    expect(body.booking_id).toBe(this.bookingIds[expected.booking]);
    if (expected.cost !== null) expect(body.cost).toBe(expected.cost / 100);
  }

  private async repeat({ index, isEntry }: StepOf<'repeat'>): Promise<void> {
    const event = this.model.events[index % Math.max(1, this.model.events.length)];
    if (!event) return;
    const body = { event_id: event.eventId, plate: 'ANOTHER' };
    const token = this.gates[event.gate]?.key;
    const path = `/api/gate/${isEntry ? 'entries' : 'exits'}`;
    this.check(await this.vpms.http.post(path, { token, body }), event.decision);
    this.tally('repeat');
  }

  private async book({ driver, lot, with: which }: StepOf<'book'>): Promise<void> {
    const member = this.members[driver];
    const own = this.model.drivers[driver]?.plate ?? '';
    const plate = { own, none: null, other: `${own} 2` }[which];
    if (!member || this.isDisabled(driver)) return;
    const fields = plate === null ? {} : { vehicle_number: plate };
    const { status, body } = await this.vpms.as(member).book(this.lotIds[lot] ?? -1, fields);
    this.model.lapse(this.now);
    if (status !== 201) return;
    this.bookingIds[this.model.bookings.length] = body.id;
    const { now } = this;
    const stay = { madeAt: now, window: null, parkedAt: now, leftAt: null, cost: null };
    const price = this.model.priceOf(lot, now);
    this.model.bookings.push({ driver, lot, plate, status: 'active', price, ...stay });
    this.tally('book');
  }

  private async release({ driver }: StepOf<'release'>): Promise<void> {
    const member = this.members[driver];
    const index = this.model.bookings.findIndex(
      (each) => each.driver === driver && each.status === 'active',
    );
    const booking = this.model.bookings[index];
    if (!member || !booking || this.isDisabled(driver)) return;
    await this.vpms.as(member).leave(this.bookingIds[index] ?? -1);
    this.model.end(booking, this.now);
    this.tally('release');
  }

  private async reserve(step: StepOf<'reserve'>): Promise<void> {
    const member = this.members[step.driver];
    // Drivers book ahead only in lots with room for all; the model of booking ahead covers the others.
    if (!member || this.isDisabled(step.driver) || !this.isAhead) return;
    const { lot, driver } = step;
    const plate = this.model.drivers[step.plate]?.plate ?? 'UNKNOWN';
    const from = this.now + step.from * MINUTE;
    const window = { from, until: from + step.length * MINUTE };
    const body = {
      lot_id: this.lotIds[lot],
      from: new Date(window.from),
      until: new Date(window.until),
      vehicle_number: plate,
    };
    const { status, body: made } = await this.vpms.as(member).bookAhead(body);
    this.model.lapse(this.now);
    if (status !== 201) return;
    this.bookingIds[this.model.bookings.length] = made.id;
    const stay = { madeAt: this.now, parkedAt: null, leftAt: null, cost: null };
    const price = this.model.priceOf(lot, this.now);
    this.model.bookings.push({ driver, lot, plate, status: 'reserved', price, window, ...stay });
    this.tally('reserve');
  }

  private async toggle({ driver }: StepOf<'toggle'>): Promise<void> {
    const [member, modelled] = [this.members[driver], this.model.drivers[driver]];
    if (!member || !modelled) return;
    modelled.disabledAt = this.isDisabled(driver) ? undefined : this.now;
    const disabledAt = modelled.disabledAt ?? null;
    // The account is not disabled through the API, which would end the driver's session.
    await this.vpms.app
      .get(TransactionRunner)
      .run((tx) => tx.sql`UPDATE accounts SET disabled_at = ${disabledAt} WHERE id = ${member.id}`);
  }

  private async changePrice({ lot, price }: StepOf<'price'>): Promise<void> {
    const body = { price: price / 100 };
    const changed = await this.vpms.as(this.admin).updateLot(this.lotIds[lot] ?? -1, body);
    expect(changed.status, changed.text).toBe(200);
    this.model.changePrice(lot, price, this.now);
    this.tally('price');
  }

  private tally(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }
}

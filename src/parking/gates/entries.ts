import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { Clock } from '../../platform/time/clock.js';
import {
  AlreadyParked,
  ParkedElsewhere,
  SpotOccupied,
  TooEarly,
  WrongStatus,
} from '../reservations/errors.js';
import { DriverErased, LotFull } from '../errors.js';
import { AgreedPolicies } from '../policies/agreed-policies.js';
import { AheadUnits } from '../reservations/ahead/ahead-units.js';
import { CheckInService } from '../reservations/ahead/check-in.service.js';
import type { BookingView } from '../reservations/booking-queries.js';
import { PastStays } from '../reservations/stays/past-stays.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { decideEntry, type EntryVerdict } from './decide-entry.js';
import { type EntryFacts, type LaterExit, readEntryFacts } from './entry-facts.js';
import { type Decision, openForEntry, type Passage, refuse } from './passage.js';

/** Maximum number of attempts to decide. An attempt fails if a driver changes a booking meanwhile. */
const MAX_ATTEMPTS = 5;

type Opening = Exclude<EntryVerdict, { kind: 'refuse' | 'present' }>;

/** Decides on cars that enter, and books or checks in their drivers. */
@Injectable()
export class Entries {
  constructor(
    private readonly clock: Clock,
    private readonly policies: AgreedPolicies,
    private readonly units: AheadUnits,
    private readonly reservations: ReservationsService,
    private readonly checkIns: CheckInService,
    private readonly pastStays: PastStays,
  ) {}

  /** Decides on the entry, and books or checks in. The plate must be locked. */
  async decide(tx: Tx, passage: Passage): Promise<Decision> {
    for (let attempt = 1; ; attempt += 1) {
      const facts = await this.readFacts(tx, passage);
      const verdict = decideEntry(facts, passage);
      if (verdict.kind === 'refuse') return refuse(verdict.reason);
      if (verdict.kind === 'present') {
        const { bookingId, spotNumber } = verdict;
        const nothing = { cost: null, changedDrivers: [] };
        return { action: 'open', reason: 'ALREADY_IN', bookingId, spotNumber, ...nothing };
      }
      try {
        return await tx.savepoint(() => this.admit(tx, passage, verdict));
      } catch (error) {
        if (error instanceof LotFull || error instanceof SpotOccupied) return refuse('LOT_FULL');
        if (!isOutdated(error) || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Reads the facts. If a reservation of the plate has lapsed, settles the lot and reads the facts again:
   * settling it later, in the savepoint of the booking, could be undone by a rollback.
   */
  private async readFacts(tx: Tx, passage: Passage): Promise<EntryFacts> {
    const facts = await readEntryFacts(tx, passage, this.policies);
    const now = this.clock.now().getTime();
    const isDue = facts.reservations.some(
      ({ status, lapsesAt }) => status === 'reserved' && lapsesAt <= now,
    );
    if (!isDue) return facts;
    await this.units.enter(tx, passage.lotId);
    return readEntryFacts(tx, passage, this.policies);
  }

  private async admit(tx: Tx, passage: Passage, verdict: Opening): Promise<Decision> {
    const { exit } = verdict;
    const booking = exit
      ? await this.storePast(tx, passage, verdict, exit)
      : await this.park(tx, passage, verdict);
    return openForEntry(verdict.kind === 'book' ? 'BOOKED' : 'CHECKED_IN', booking);
  }

  private park(tx: Tx, { lotId, at, now }: Passage, verdict: Opening): Promise<BookingView> {
    // If the car is seen now, its stay begins when it gets its spot, which another car may be leaving now.
    const arrival = { at: at < now ? at : Infinity };
    if (verdict.kind === 'book') {
      const { userId, plate: vehicleNumber } = verdict;
      return this.reservations.bookWithin(tx, { userId, lotId, vehicleNumber, ...arrival });
    }
    const reference = { userId: verdict.userId, id: verdict.bookingId };
    if (verdict.kind === 'revert') return this.checkIns.revertWithin(tx, reference, arrival);
    return this.checkIns.checkInWithin(tx, reference, arrival);
  }

  /** Stores the stay of a car whose exit was received before its entry. */
  private async storePast(
    tx: Tx,
    { lotId, at }: Passage,
    verdict: Opening,
    exit: LaterExit,
  ): Promise<BookingView> {
    const { userId } = verdict;
    const times = { at, leftAt: exit.at };
    const booking =
      verdict.kind === 'book'
        ? await this.pastStays.bookWithin(tx, { userId, lotId, plate: verdict.plate, ...times })
        : await this.pastStays.completeWithin(
            tx,
            { userId, id: verdict.bookingId },
            { event: verdict.kind, ...times },
          );
    // An exit whose response named an earlier booking keeps that booking.
    await tx.sql`
      UPDATE gate_events SET booking_id = ${booking.id}
      WHERE id = ${exit.eventId} AND booking_id IS NULL`;
    return booking;
  }
}

/** Whether the error shows that the driver or the booking has changed since the facts were read. */
function isOutdated(error: unknown): boolean {
  const outdated = [AlreadyParked, DriverErased, ParkedElsewhere, TooEarly, WrongStatus];
  return outdated.some((type) => error instanceof type);
}

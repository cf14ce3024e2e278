import { Injectable } from '@nestjs/common';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { takeAdvisoryLock } from '../../platform/database/locks/advisory-lock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { Metrics } from '../../platform/observability/metrics.js';
import type { Principal, VerifiedGate } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { driverTag, PARKING_TAG } from '../cache-tags.js';
import { GateNotFound, WrongDirection } from './errors.js';
import { plateKey, plateKeyOf } from '../vehicles/plate.js';
import { lockPlates } from '../vehicles/plate-locks.js';
import { PlateRetention } from '../vehicles/plate-retention.js';
import { Entries } from './entries.js';
import { Exits } from './exits.js';
import { findGate, lockGate } from './gate.js';
import {
  type EventSearch,
  findEvent,
  findLostEntry,
  findNextEntry,
  findRepeated,
  type GateEvent,
  insertEvent,
  searchEvents,
} from './gate-event.js';
import {
  type Decision,
  type GateReason,
  momentOf,
  OPENING_REASONS,
  type Passage,
  type PassageDirection,
  REFUSALS,
} from './passage.js';

/** A car that a camera has seen. */
export interface Sighting {
  readonly gate: VerifiedGate;
  /** Chosen by the camera: one sequence per gate. */
  readonly eventId: string;
  readonly plate: string;
  /** In ms since 1970 UTC; omitted means now. */
  readonly at?: number;
}

/** A decision on an entry or an exit, and which of the two it is. */
export type DirectedDecision = Decision & Pick<GateEvent, 'direction'>;

export interface ManualOpening {
  readonly gateId: number;
  readonly reason: string;
  readonly plate: string | null;
}

/** Decides on cars at gates. The decision and all its effects are stored with the event. */
@Injectable()
export class GateEventsService {
  private readonly count: (reason: GateReason) => void;

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly plates: PlateRetention,
    private readonly entries: Entries,
    private readonly exits: Exits,
    metrics: Metrics,
  ) {
    this.count = metrics.addCounter<GateReason>({
      name: 'vpms_gate_events_total',
      help: 'Committed events at gates by the reason of the decision.',
      events: [...OPENING_REASONS, ...REFUSALS],
    });
  }

  /** @throws WrongDirection | GateReplaced | ValidationFailed if `at` is too long ago or ahead */
  enter(sighting: Sighting): Promise<DirectedDecision> {
    return this.pass(sighting, 'in');
  }

  /** @throws WrongDirection | GateReplaced | ValidationFailed if `at` is too long ago or ahead */
  leave(sighting: Sighting): Promise<DirectedDecision> {
    return this.pass(sighting, 'out');
  }

  /** The decision on the event, if the event has been received already. */
  findRepeated({ gateId }: VerifiedGate, eventId: string): Promise<DirectedDecision | undefined> {
    const now = this.clock.now().getTime();
    return findRepeated(this.database, { gateId, eventId }, now);
  }

  /** Events of all gates, the latest received first. */
  async search(
    query: PageRequest,
    search: Omit<EventSearch, 'after' | 'limit' | 'plateCutoff'>,
  ): Promise<Page<GateEvent>> {
    const [receivedAt, id] = decodeCursor(query, 'instant', 'id') ?? [];
    const after = receivedAt !== undefined && id !== undefined ? { receivedAt, id } : undefined;
    const plateCutoff = this.plates.cutoff(this.clock.now().getTime());
    const range = { after, limit: query.limit + 1, plateCutoff };
    const rows = await searchEvents(this.database, { ...search, ...range });
    return Page.of(rows, query.limit, (row) => [row.receivedAt, row.id]);
  }

  /** Opens the gate by hand, which is audited. @throws GateNotFound */
  async open(
    transactions: TransactionRunner,
    { gateId, reason: note, plate }: ManualOpening,
    by: Principal,
  ): Promise<GateEvent> {
    // The idempotency record stores the returned value. It is only the id, so that the record
    // contains no plate.
    const { id } = await transactions.run(async (tx) => {
      const gate = await findGate(tx, gateId);
      if (!gate) throw new GateNotFound(gateId);
      const at = this.clock.now();
      const now = at.getTime();
      const { lotId, direction } = gate;
      const nothing = { eventId: null, bookingId: null, spotNumber: null, cost: null };
      const decided = { action: 'open', reason: 'BY_HAND', ...nothing } as const;
      const key = plateKeyOf(plate);
      if (key !== null) await lockPlates(tx, [key]);
      const car = { plate, plateKey: key, at: now, receivedAt: now };
      const eventId = await insertEvent(tx, { gateId, lotId, direction, ...car, ...decided, note });
      tx.afterCommit(() => this.count('BY_HAND'));
      // The audit entry omits the plate: only the event stores it, and it is deleted there after its
      // retention.
      const after = { eventId, reason: note };
      await recordAudit(tx, { at, by, action: 'gate.opened', targetId: gateId, after });
      return { id: eventId };
    });
    const cutoff = this.plates.cutoff(this.clock.now().getTime());
    const event = await findEvent(this.database, id, cutoff);
    if (!event) throw new Error(`The event ${id} is missing`);
    return event;
  }

  private pass(sighting: Sighting, direction: PassageDirection): Promise<DirectedDecision> {
    const tags = new Set<string>();
    const decided = this.transactions.run(async (tx) => {
      const decision = await this.decide(tx, sighting, direction);
      const { changedDrivers } = decision;
      if (changedDrivers.length > 0) tags.add(PARKING_TAG);
      for (const driver of changedDrivers) tags.add(driverTag(driver));
      return decision;
    });
    return invalidateAfter(decided, this.cache, tags);
  }

  private async decide(
    tx: Tx,
    { gate: { gateId, keyDigest }, eventId, plate, at: seenAt }: Sighting,
    direction: PassageDirection,
  ): Promise<DirectedDecision> {
    const gate = await lockGate(tx, gateId, keyDigest);
    await takeAdvisoryLock(tx, `gate event ${gateId} ${eventId}`);
    const receivedAt = this.clock.now().getTime();
    const repeated = await findRepeated(tx, { gateId, eventId }, receivedAt);
    if (repeated) return repeated;
    if (gate.direction !== direction && gate.direction !== 'both') {
      throw new WrongDirection(gateId, gate.direction);
    }
    const at = momentOf(seenAt, receivedAt);
    const key = plateKey(plate);
    await lockPlates(tx, [key]);
    const { lotId } = gate;
    const passage = { lotId, plateKey: key, at, now: receivedAt };
    const decision = await (direction === 'in' ? this.entries : this.exits).decide(tx, passage);
    tx.afterCommit(() => this.count(decision.reason));
    const car = { plate, plateKey: key, at, receivedAt, note: null };
    await insertEvent(tx, { gateId, lotId, direction, eventId, ...car, ...decision });
    const others = direction === 'out' ? await this.decideAgain(tx, passage, decision) : [];
    return { ...decision, changedDrivers: [...decision.changedDrivers, ...others], direction };
  }

  /**
   * Decides again on an entry that was decided without the exit. If the exit ended a stay, this is a later
   * entry that found the car still in the lot; otherwise it is an earlier entry whose driver had parked
   * again. Returns the drivers whose bookings changed.
   */
  private async decideAgain(
    tx: Tx,
    passage: Passage,
    exit: Decision,
  ): Promise<Decision['changedDrivers']> {
    const hasEnded = exit.changedDrivers.length > 0;
    const at = await (hasEnded ? findNextEntry : findLostEntry)(tx, passage);
    if (at === undefined) return [];
    return (await this.entries.decide(tx, { ...passage, at })).changedDrivers;
  }
}

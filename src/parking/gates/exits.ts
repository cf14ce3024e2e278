import { Injectable } from '@nestjs/common';
import { part } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';
import { MINUTE } from '../../platform/time/durations.js';
import { AlreadyReleased } from '../reservations/errors.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { type Decision, type Passage, refuse } from './passage.js';
import { findHolder } from './plate-holder.js';
import { lastBegunFirst } from './stay-order.js';

/** How long after its end a stay still opens the gate, in ms. */
const OPENS_AFTER_END = 15 * MINUTE;

/** Maximum number of attempts to decide. An attempt fails if a driver releases the booking meanwhile. */
const MAX_ATTEMPTS = 5;

/** A stay in the lot that the exit may belong to. */
interface Stay {
  readonly id: number;
  readonly userId: number;
  readonly plateKey: string | null;
  /** In ms since 1970 UTC. */
  readonly parkedAt: number;
  /** In minor units; null while the car is parked. */
  readonly cost: number | null;
  /** In ms since 1970 UTC; null while the car is parked. */
  readonly leftAt: number | null;
}

/** Decides on cars that leave, including cars of disabled accounts. */
@Injectable()
export class Exits {
  constructor(private readonly reservations: ReservationsService) {}

  /** Decides on the exit, and ends the stay. The plate must be locked. */
  async decide(tx: Tx, passage: Passage): Promise<Decision> {
    for (let attempt = 1; ; attempt += 1) {
      const stay = await findStay(tx, passage);
      if (!stay) return refuse('NOT_PARKED');
      const { id: reservationId, userId, cost } = stay;
      if (cost !== null) return released(reservationId, cost, []);
      const request = { userId, reservationId, at: passage.at };
      try {
        const booking = await tx.savepoint(() => this.reservations.releaseWithin(tx, request));
        return released(reservationId, booking.cost, [userId]);
      } catch (error) {
        if (!(error instanceof AlreadyReleased) || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }
}

function released(
  bookingId: number,
  cost: number | null,
  changedDrivers: readonly number[],
): Decision {
  return { action: 'open', reason: 'RELEASED', bookingId, spotNumber: null, cost, changedDrivers };
}

/**
 * The stay that the exit ends or, if no car is parked, the stay that ended last, at most `OPENS_AFTER_END`
 * before the exit. Parked cars are preferred in this order: a car with the plate, of the account for which
 * the plate opens gates; another car with the plate; a car of that account without a plate. Of several, the
 * stay that began last is chosen. A stay that begins more than a minute from now began before the clock was
 * set back, and is included. A stay that begins after the exit is included only if its entry was before the
 * exit: its start was delayed to the end of the driver's previous stay.
 */
async function findStay(tx: Tx, { lotId, plateKey, at, now }: Passage): Promise<Stay | undefined> {
  const holderId = (await findHolder(tx, plateKey))?.userId ?? 0;
  const selected = part`
    SELECT id, user_id AS "userId", plate_key AS "plateKey", parked_at AS "parkedAt", cost,
      left_at AS "leftAt"
    FROM reservations WHERE lot_id = ${lotId}`;
  const stay = part`${selected} AND (parked_at <= ${at} OR parked_at > ${now + MINUTE})`;
  const ofHolder = part`user_id = ${holderId} AND plate_key IS NULL`;
  const ofEarlierEntry = part`parked_at > ${at} AND EXISTS (
    SELECT 1 FROM gate_events e
    WHERE e.booking_id = reservations.id AND e.plate_key = ${plateKey} AND e.direction = 'in'
      AND e.reason IN ('BOOKED', 'CHECKED_IN') AND e.at < ${at})`;
  const since = at - OPENS_AFTER_END;
  const stays = await tx.sql<Stay[]>`
    ${stay} AND plate_key = ${plateKey} AND left_at IS NULL
    UNION ALL ${stay} AND ${ofHolder} AND left_at IS NULL
    UNION ALL ${selected} AND plate_key = ${plateKey} AND left_at IS NULL AND ${ofEarlierEntry}
    UNION ALL ${stay} AND plate_key = ${plateKey} AND status = 'completed' AND left_at > ${since}
    UNION ALL ${stay} AND ${ofHolder} AND status = 'completed' AND left_at > ${since}`;
  const end = ({ leftAt }: Stay) => leftAt ?? Infinity;
  const rank = (each: Stay) => (each.plateKey === null ? 0 : each.userId === holderId ? 2 : 1);
  return stays.toSorted(
    (a, b) =>
      Number(end(b) > end(a)) - Number(end(a) > end(b)) ||
      rank(b) - rank(a) ||
      lastBegunFirst(a, b),
  )[0];
}

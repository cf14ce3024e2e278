import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { part, type SqlFragment } from '../../platform/database/sql/sql.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { DAY } from '../../platform/time/durations.js';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { driverTag, PARKING_TAG } from '../cache-tags.js';
import { BookingNotFound, VehicleTooLate } from './errors.js';
import { lockDriver } from '../locked-driver.js';
import { plateKeyOf } from '../vehicles/plate.js';
import { chosenPlate, type VehicleChoice } from '../vehicles/vehicles.service.js';
import { AheadUnits } from './ahead/ahead-units.js';
import type { BookingView } from './booking-queries.js';
import { BookingViews } from './booking-views.js';

/** How long after the end of a booking its plate can be corrected, in ms. */
const CORRECTION_TIME = DAY;

/** Corrects the plates of bookings. */
@Injectable()
export class BookingVehicles {
  constructor(
    private readonly units: AheadUnits,
    private readonly views: BookingViews,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /**
   * Replaces the plate of the driver's booking, until 24 hours after its end. The change is audited.
   * @throws BookingNotFound | VehicleNotFound | VehicleTooLate | DriverErased
   */
  async correct(
    transactions: TransactionRunner,
    id: number,
    { principal, choice }: { readonly principal: Principal; readonly choice: VehicleChoice },
  ): Promise<BookingView> {
    const userId = principal.id;
    await this.units.settleDue();
    const booking = transactions.run(async (tx) => {
      await lockDriver(tx, userId);
      const plate = (await chosenPlate(tx, userId, choice)) ?? null;
      const [before] = await tx.sql<{ plate: string | null; endedAt: number | null }[]>`
        SELECT vehicle_number AS plate,
          CASE WHEN status = 'completed' THEN left_at ELSE ended_at END AS "endedAt"
        FROM reservations WHERE id = ${id} AND user_id = ${userId} ${rowLock(tx, 'FOR UPDATE')}`;
      if (!before) throw new BookingNotFound(id);
      const now = this.clock.now();
      const until = before.endedAt === null ? Infinity : before.endedAt + CORRECTION_TIME;
      if (now.getTime() >= until) throw new VehicleTooLate(id, until);
      if (before.plate !== plate) {
        // One statement changes all columns. If the unit changed the row again, PostgreSQL would
        // check its foreign keys, which locks the lot after the booking and so deadlocks with units
        // that lock the lot first.
        await tx.sql`
          UPDATE reservations SET ${plateColumns(plate)}, updated_at = ${now.getTime()}
          WHERE id = ${id}`;
        await recordAudit(tx, {
          at: now,
          by: principal,
          action: 'booking.vehicle-corrected',
          targetId: id,
          before: { vehicleNumber: before.plate },
          after: { vehicleNumber: plate },
        });
      }
      return this.views.find(tx, id, now.getTime());
    });
    return invalidateAfter(booking, this.cache, [PARKING_TAG, driverTag(userId)]);
  }
}

/** Stores the plate of a booking, and its key. */
export async function setPlate(tx: Tx, id: number, plate: string | null): Promise<void> {
  await tx.sql`UPDATE reservations SET ${plateColumns(plate)} WHERE id = ${id}`;
}

function plateColumns(plate: string | null): SqlFragment {
  return part`vehicle_number = ${plate}, plate_key = ${plateKeyOf(plate)}`;
}

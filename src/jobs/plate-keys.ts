import { Injectable } from '@nestjs/common';
import { plateKeyOf } from '../parking/vehicles/plate.js';
import { TransactionRunner } from '../platform/database/transaction-runner.js';
import type { DelayedJobHandler, LeasedJob } from '../platform/queue/delayed/delayed-job.js';
import { JobQueue } from '../platform/queue/delayed/job-queue.js';
import { type JobKind, THREE_ATTEMPTS } from '../platform/queue/job-kind.js';
import { Clock } from '../platform/time/clock.js';

export const PLATE_KEYS: JobKind = { name: 'plate-keys', retry: THREE_ATTEMPTS };

/** Number of bookings that one job reads, in a few milliseconds. */
const BATCH = 1_000;

/**
 * Fills the plate keys of bookings that were made by versions without vehicles.
 * The migration creates the first job; each job handles the bookings with the highest ids that are
 * left, and schedules the next one in the same transaction.
 */
@Injectable()
export class PlateKeys implements DelayedJobHandler {
  readonly kind = PLATE_KEYS;

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  async run(job: LeasedJob): Promise<void> {
    const { before = Number.MAX_SAFE_INTEGER } = job.payload;
    await this.transactions.run(async (tx) => {
      await job.complete(tx);
      const rows = await tx.sql<{ id: number; plate: string | null; key: string | null }[]>`
        SELECT id, vehicle_number AS plate, plate_key AS key FROM reservations
        WHERE id < ${Number(before)} ORDER BY id DESC LIMIT ${BATCH}`;
      for (const { id, plate, key } of rows) {
        const wanted = plateKeyOf(plate);
        if (wanted === key) continue;
        // Updates no row if the plate was changed or erased meanwhile.
        await tx.sql`
          UPDATE reservations SET plate_key = ${wanted} WHERE id = ${id} AND vehicle_number = ${plate}`;
      }
      const last = rows.at(-1);
      if (!last) return;
      const payload = { v: 1, before: last.id };
      const runAt = this.clock.now();
      await this.queue.schedule(tx, { kind: PLATE_KEYS, key: String(last.id), payload, runAt });
    });
  }
}

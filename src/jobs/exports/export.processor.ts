import type { Tx } from '../../platform/database/tx.js';
import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import { DAY } from '../../platform/time/durations.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { Currency } from '../../platform/money/money.js';
import { PARKED_STATUSES } from '../../parking/reservations/states.js';
import { listBookings } from '../../parking/reservations/booking-queries.js';
import { type PlateCutoff, PlateRetention } from '../../parking/vehicles/plate-retention.js';
import type { JobHandler, UnfinishedJob } from '../../platform/queue/job-handler.js';
import type { JobMessage } from '../../platform/queue/job-kind.js';
import { Mailer } from '../../platform/messaging/mailer.js';
import { EXPORT, EXPORT_MAIL } from './export-jobs.js';
import { csvHeader, csvLines } from './csv.js';
import { Export } from './export.entity.js';
import {
  CHUNK_BYTES,
  deleteChunks,
  inChunks,
  replaceEarlierFiles,
  storeChunk,
} from './export-files.js';
import { readBookingsState, WrittenPlaces } from './export-source.js';

/** Bookings that are read and written without a pause: one or two milliseconds of work. */
const PAGE_SIZE = 100;

/** An attempt to write an export. A later attempt invalidates it. */
interface Attempt extends Pick<Export, 'id' | 'userId' | 'attempt'> {
  /** The state of the driver's bookings before the first one is read. */
  readonly bookings: string;
}

interface Progress {
  processed: number;
  readonly places: WrittenPlaces;
  /** The plate cutoff that applied to the first page. */
  readonly plateCutoff: PlateCutoff;
}

/** Writes a driver's bookings as compressed CSV into the database, page by page. */
@Injectable()
export class ExportProcessor implements JobHandler {
  readonly kind = EXPORT;

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly mailer: Mailer,
    private readonly currency: Currency,
    private readonly plates: PlateRetention,
    private readonly clock: Clock,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<JobMessage | undefined> {
    const task = await this.transactions.run((tx) => begin(tx, id));
    if (!task) return undefined;
    const plateCutoff = this.plates.cutoff(this.clock.now().getTime());
    const progress: Progress = { processed: 0, places: new WrittenPlaces(), plateCutoff };
    const gzip = createGzip();
    // The callback ignores errors, because reading `gzip` in the loop throws them.
    pipeline(Readable.from(this.csv(task.userId, progress, signal)), gzip, () => undefined);
    let position = 0;
    for await (const bytes of inChunks(gzip, CHUNK_BYTES)) {
      const { processed } = progress;
      const chunk = position;
      const isCurrent = await this.transactions.run(async (tx) => {
        const written = await update(tx, task, { processed });
        if (written) await storeChunk(tx, id, chunk, bytes);
        return written;
      });
      if (!isCurrent) return undefined;
      position += 1;
    }
    await this.finish(task, progress);
    return this.mailer.isConfigured ? { kind: EXPORT_MAIL, id } : undefined;
  }

  async fail(id: string, reason: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const finishedAt = this.clock.now();
      const updated = await tx.update(
        Export,
        { id, status: In(['pending', 'processing']) },
        { status: 'failed', error: reason, finishedAt },
      );
      if (updated === 1) await deleteChunks(tx, id);
    });
  }

  listUnfinished(): Promise<readonly UnfinishedJob[]> {
    return this.database.sql<{ id: string }[]>`
      SELECT id FROM exports WHERE status IN ('pending', 'processing') ORDER BY created_at`;
  }

  private async *csv(
    userId: number,
    progress: Progress,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    yield csvHeader();
    let after: { readonly startsAt: number; readonly id: number } | undefined;
    do {
      signal.throwIfAborted();
      const now = this.clock.now();
      const statuses = PARKED_STATUSES;
      const asOf = this.plates.asOf(now.getTime());
      const range = { userId, statuses, after, limit: PAGE_SIZE, asOf };
      const page = await listBookings(this.database, range);
      if (page.length > 0) yield csvLines(page, this.currency, now);
      progress.processed += page.length;
      progress.places.add(page);
      after = page.length === PAGE_SIZE ? page.at(-1) : undefined;
      // Yields to other requests, because better-sqlite3 is synchronous.
      await setImmediate();
    } while (after);
  }

  /** Completes the export. Its file replaces the driver's earlier ones. */
  private async finish(task: Attempt, { processed, places, plateCutoff }: Progress): Promise<void> {
    const { userId, id } = task;
    const finishedAt = this.clock.now();
    const expiresAt = new Date(finishedAt.getTime() + DAY);
    await this.transactions.run(async (tx) => {
      const isCompleted = await update(tx, task, {
        status: 'completed',
        totalBookings: processed,
        processed,
        finishedAt,
        expiresAt,
        platesAfter: plateCutoff ?? null,
        source: JSON.stringify(places.sourceOf(task.bookings)),
        mail: this.mailer.isConfigured ? 'pending' : null,
      });
      if (isCompleted) await replaceEarlierFiles(tx, { userId, id, now: finishedAt });
    });
  }
}

/**
 * Starts from the beginning and deletes what an interrupted attempt stored. Undefined if the export
 * is finished.
 */
async function begin(tx: Tx, id: string): Promise<Attempt | undefined> {
  const [task] = await tx.sql<Omit<Attempt, 'bookings'>[]>`
    UPDATE exports SET status = 'processing', processed = 0, attempt = attempt + 1, total_bookings =
      (SELECT COUNT(*) FROM reservations
        WHERE user_id = exports.user_id AND status IN ('active', 'completed'))
    WHERE id = ${id} AND status IN ('pending', 'processing')
    RETURNING id, user_id AS "userId", attempt`;
  if (!task) return undefined;
  await deleteChunks(tx, id);
  return { ...task, bookings: await readBookingsState(tx, task.userId) };
}

/**
 * Returns false, and changes nothing, if a later attempt has begun. Two processes can work on one
 * row if one of them was wrongly considered dead; only the later one continues.
 */
async function update(
  tx: Tx,
  { id, attempt }: Attempt,
  changes: Partial<Export>,
): Promise<boolean> {
  const updated = await tx.update(Export, { id, attempt, status: 'processing' }, changes);
  return updated === 1;
}

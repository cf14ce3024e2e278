import type { Tx } from '../../platform/database/tx.js';
import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { Currency } from '../../platform/money.js';
import { listBookings } from '../../parking/reservations/booking-view.js';
import type { FollowUp, JobHandler } from '../../platform/queue/job-handler.js';
import { Mailer } from '../../platform/messaging/mailer.js';
import { csvHeader, csvLines } from './csv.js';
import { Export } from './export.entity.js';
import { CHUNK_BYTES, deleteChunks, inChunks, storeChunk } from './export-files.js';

/** Bookings read and written at a time: a millisecond or two of work between two other requests. */
const PAGE_SIZE = 100;
const DAY = 86_400_000;

/** One run at a row; a later run at it makes this one void. */
type Attempt = Pick<Export, 'id' | 'userId' | 'attempt'>;

interface Progress {
  processed: number;
}

/** Writes a driver's bookings as compressed CSV into the database, page by page. */
@Injectable()
export class ExportProcessor implements JobHandler {
  readonly name = 'export';

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly mailer: Mailer,
    private readonly currency: Currency,
    private readonly clock: Clock,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<FollowUp | undefined> {
    const task = await this.transactions.run((tx) => begin(tx, id));
    if (!task) return undefined;
    const progress: Progress = { processed: 0 };
    const gzip = createGzip();
    // A failure on the way ends the loop below, which is where it is heard.
    pipeline(Readable.from(this.csv(task.userId, progress, signal)), gzip, () => undefined);
    let position = 0;
    for await (const bytes of inChunks(gzip, CHUNK_BYTES)) {
      const { processed } = progress;
      const chunk = position;
      const isOurs = await this.transactions.run(async (tx) => {
        const written = await update(tx, task, { processed });
        if (written) await storeChunk(tx, id, chunk, bytes);
        return written;
      });
      if (!isOurs) return undefined;
      position += 1;
    }
    await this.finish(task, progress);
    return this.mailer.isConfigured ? { name: 'export-mail', id } : undefined;
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

  async listUnfinished(): Promise<readonly string[]> {
    const rows = await this.database.sql<{ id: string }[]>`
      SELECT id FROM exports WHERE status IN ('pending', 'processing') ORDER BY created_at`;
    return rows.map(({ id }) => id);
  }

  private async *csv(
    userId: number,
    progress: Progress,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    yield csvHeader();
    let after: { readonly parkedAt: number; readonly id: number } | undefined;
    do {
      signal.throwIfAborted();
      const page = await listBookings(this.database, { userId, after, limit: PAGE_SIZE });
      if (page.length > 0) yield csvLines(page, this.currency, this.clock.now());
      progress.processed += page.length;
      after = page.length === PAGE_SIZE ? page.at(-1) : undefined;
      // SQLite answers within the same turn of the event loop; here others have theirs.
      await setImmediate();
    } while (after);
  }

  private async finish(task: Attempt, { processed }: Progress): Promise<void> {
    const finishedAt = this.clock.now();
    const expiresAt = new Date(finishedAt.getTime() + DAY);
    await this.transactions.run((tx) =>
      update(tx, task, {
        status: 'completed',
        totalBookings: processed,
        processed,
        finishedAt,
        expiresAt,
        mail: this.mailer.isConfigured ? 'pending' : null,
      }),
    );
  }
}

/** Starts from nothing: what an interrupted run has left is thrown away. Undefined when finished. */
async function begin(tx: Tx, id: string): Promise<Attempt | undefined> {
  const [task] = await tx.sql<Attempt[]>`
    UPDATE exports SET status = 'processing', processed = 0, attempt = attempt + 1, total_bookings =
      (SELECT COUNT(*) FROM reservations WHERE user_id = exports.user_id)
    WHERE id = ${id} AND status IN ('pending', 'processing')
    RETURNING id, user_id AS "userId", attempt`;
  if (task) await deleteChunks(tx, id);
  return task;
}

/**
 * False, and nothing is changed, where another run has begun since: two programs may work at one
 * row, each of them taking the other one for dead, and the later one goes on alone.
 */
async function update(
  tx: Tx,
  { id, attempt }: Attempt,
  changes: Partial<Export>,
): Promise<boolean> {
  const updated = await tx.update(Export, { id, attempt, status: 'processing' }, changes);
  return updated === 1;
}

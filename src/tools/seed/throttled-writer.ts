import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { WriteDatabase } from '../../platform/database/data-sources.js';
import { TransactionRunner, type UnitOfWork } from '../../platform/database/transaction-runner.js';
import { hasErrorCode } from '../../platform/errors/error-text.js';

/** Under full load, VPMS can hold SQLite's write lock for up to this many lock timeouts. */
const MAX_ATTEMPTS = 60;
/** After this time of work, the write lock stays free for a pause. */
const WORK_MILLISECONDS = 250;
/** SQLite polls for a lock every 100 ms, so a waiting connection always gets it during this pause. */
const PAUSE_MILLISECONDS = 120;

/**
 * Writes many rows to a SQLite file that VPMS is using. Pauses often enough that VPMS gets the write lock
 * within half a second; the lock timeout of VPMS is one second.
 */
@Injectable()
export class ThrottledWriter {
  private lastPauseAt = performance.now();

  constructor(
    @Inject(WriteDatabase) private readonly writer: WriteDatabase | undefined,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Reduces syncs to disk and checkpoints. No effect on PostgreSQL. */
  async tuneForBulkWrites(): Promise<void> {
    await this.writer?.query('PRAGMA synchronous = NORMAL');
    // The unit is a page of 4 KiB, so a checkpoint follows 32 MiB of WAL.
    await this.writer?.query('PRAGMA wal_autocheckpoint = 8192');
    // A negative value is in KiB.
    await this.writer?.query('PRAGMA cache_size = -65536');
  }

  /**
   * Runs the unit, and retries while the write lock is held elsewhere. The result survives a crash of
   * this process; it survives a power failure only after a later `writeDurably`.
   */
  async write<T>(unit: UnitOfWork<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.pauseAfterWork();
      try {
        return await this.transactions.run(unit);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !hasErrorCode(error, 'SQLITE_BUSY')) throw error;
      }
    }
  }

  /** Like `write`, and syncs to disk: this unit and all earlier ones survive a power failure. */
  async writeDurably<T>(unit: UnitOfWork<T>): Promise<T> {
    await this.writer?.query('PRAGMA synchronous = FULL');
    return this.write(unit);
  }

  private async pauseAfterWork(): Promise<void> {
    if (performance.now() - this.lastPauseAt < WORK_MILLISECONDS) return;
    await wait(PAUSE_MILLISECONDS);
    this.lastPauseAt = performance.now();
  }
}

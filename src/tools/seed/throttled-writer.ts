import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { WriteDatabase } from '../../platform/database/data-sources.js';
import { TransactionRunner, type UnitOfWork } from '../../platform/database/transaction-runner.js';

/** A program under full load may keep the file's lock from others for that many lock waits. */
const ATTEMPTS = 60;
/** After so many milliseconds of work the lock is left free for a while, whoever waits. */
const WORK = 250;
/** SQLite looks for a lock that it waits for every 100 ms, so nobody can miss a longer rest. */
const REST = 120;

/**
 * Writes much in the background of a program that runs on the same SQLite file: the program's own
 * writes find the lock free after less than half a second, well within their lock wait of one.
 */
@Injectable()
export class PatientWriter {
  private restedAt = performance.now();

  constructor(
    @Inject(WriteDatabase) private readonly writer: WriteDatabase | undefined,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Sets SQLite up for much writing: fewer syncs to disk, and pages copied less often. */
  async prepare(): Promise<void> {
    await this.writer?.query('PRAGMA synchronous = NORMAL');
    // In pages of 4 KiB: 32 MiB of log between two checkpoints.
    await this.writer?.query('PRAGMA wal_autocheckpoint = 8192');
    // In KiB where negative.
    await this.writer?.query('PRAGMA cache_size = -65536');
  }

  /**
   * Runs the unit; where the lock is not to be had, again and again. Its work survives the end of
   * this process, but a power cut only once a later unit is written durably.
   */
  async write<T>(unit: UnitOfWork<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.restAfterWork();
      try {
        return await this.transactions.run(unit);
      } catch (error) {
        if (attempt === ATTEMPTS || !isBusy(error)) throw error;
      }
    }
  }

  /** The same, and this unit and all before it survive a power cut. */
  async writeDurably<T>(unit: UnitOfWork<T>): Promise<T> {
    await this.writer?.query('PRAGMA synchronous = FULL');
    return this.write(unit);
  }

  private async restAfterWork(): Promise<void> {
    if (performance.now() - this.restedAt < WORK) return;
    await wait(REST);
    this.restedAt = performance.now();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}

import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { part } from '../../platform/database/sql/sql.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { Clock } from '../../platform/time/clock.js';
import { DAY } from '../../platform/time/durations.js';
import { PlateRetention } from '../../parking/vehicles/plate-retention.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { canBeStored } from '../../platform/text.js';
import { ExportExpired, ExportNotFound, ExportNotReady } from './errors.js';
import { Export } from './export.entity.js';
import { deleteChunks, deleteExports, hasFile, readChunks } from './export-files.js';
import { ExportPlates } from './old-plates.js';

/** A file expires after a day; its row is deleted a week later (docs/contract.md). */
const RETENTION = 8 * DAY;

/** A program that needs a special form of the file. */
export type SpreadsheetProgram = 'excel';

/** Makes Excel read the file as comma-separated UTF-8 in every locale. */
const EXCEL_PREFIX = '\uFEFFsep=,\r\n';

export interface ExportFile {
  readonly name: string;
  readonly csv: Readable;
}

/** Finds, downloads and deletes exports. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly retention: PlateRetention,
    private readonly plates: ExportPlates,
    private readonly clock: Clock,
  ) {}

  /** @throws ExportNotFound if it does not exist, belongs to another driver, or its retention is over */
  async find(userId: number, id: string): Promise<Export> {
    if (!canBeStored(id)) throw new ExportNotFound();
    const task = await this.database.getRepository(Export).findOneBy({ id, userId });
    if (!task || this.isDeleted(task)) throw new ExportNotFound();
    return task;
  }

  /**
   * The file's name and its content as a stream.
   * @throws ExportNotFound | ExportNotReady | ExportExpired
   */
  async download(userId: number, id: string, program?: SpreadsheetProgram): Promise<ExportFile> {
    const task = await this.find(userId, id);
    if (task.status !== 'completed') throw new ExportNotReady(task.status);
    if (await this.isExpired(task)) throw new ExportExpired();
    const file = createGunzip();
    // A failure aborts the response, so that a client does not mistake a truncated file for a complete one.
    pipeline(Readable.from(readChunks(this.database, id)), file, () => undefined);
    const cutoff = this.retention.cutoff(this.clock.now().getTime());
    const csv =
      cutoff === undefined ? file : Readable.from(this.plates.withoutOldPlates(file, cutoff));
    return {
      name: exportFileName(task),
      csv: program === 'excel' ? Readable.from(forExcel(csv)) : csv,
    };
  }

  /** Whether the file can no longer be downloaded. */
  isExpired(task: Export): Promise<boolean> {
    return isExpired(this.database, task, this.clock.now());
  }

  /** Deletes expired files, and their rows a week later. Each export has a short transaction of its own. */
  async deleteExpired(): Promise<void> {
    const now = this.clock.now().getTime();
    const expired = await this.database.sql<{ id: string; finishedAt: number }[]>`
      SELECT id, finished_at AS "finishedAt" FROM exports
      WHERE finished_at < ${now - RETENTION} OR (expires_at < ${now}
        AND EXISTS (SELECT 1 FROM export_chunks WHERE export_id = exports.id))`;
    for (const { id, finishedAt } of expired) {
      const isOld = finishedAt < now - RETENTION;
      await this.transactions.run((tx) =>
        isOld ? deleteExports(tx, part`id = ${id}`) : deleteChunks(tx, id),
      );
    }
  }

  private isDeleted({ finishedAt }: Export): boolean {
    const now = this.clock.now().getTime();
    return finishedAt !== null && finishedAt.getTime() + RETENTION <= now;
  }
}

async function* forExcel(csv: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(EXCEL_PREFIX);
  yield* csv;
}

/**
 * Whether the file can no longer be downloaded. A deleted file stays expired if the clock is set back to
 * before its expiry.
 */
export async function isExpired(database: Queryable, task: Export, now: Date): Promise<boolean> {
  if (task.expiresAt === null) return false;
  return task.expiresAt <= now || !(await hasFile(database, task.id));
}

/** `vpms-bookings-20260301-093000.csv`: the instant of the request in UTC. */
export function exportFileName({ createdAt }: Export): string {
  const [day = '', time = ''] = createdAt
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .split('T');
  return `vpms-bookings-${day}-${time}.csv`;
}

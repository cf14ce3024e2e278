import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse';
import { list } from '../../platform/database/sql/sql.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { activeId, type CsvRecord, endOf, linesWithoutPlates } from './csv.js';
import { CHUNK_BYTES, inChunks, readChunks, replaceChunks } from './export-files.js';

/** Records that are read and written without a pause: one or two milliseconds of work. */
const PAGE_SIZE = 100;

/** A finished file with plates that are too old. */
interface OldFile {
  readonly id: string;
  readonly platesAfter: number | null;
}

/** Removes from files the plates of stays that ended at or before an instant (ms). */
@Injectable()
export class ExportPlates {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
  ) {}

  /** The CSV with empty cells for old plates. */
  async *withoutOldPlates(csv: AsyncIterable<Buffer>, cutoff: number): AsyncGenerator<Buffer> {
    const records = parse({ record_delimiter: '\r\n' });
    // The callback ignores errors, because reading `records` in the loop throws them.
    pipeline(Readable.from(csv), records, () => undefined);
    let page: CsvRecord[] = [];
    for await (const record of records) {
      page.push(record as CsvRecord);
      if (page.length < PAGE_SIZE) continue;
      yield await this.linesOf(page, cutoff);
      page = [];
    }
    yield await this.linesOf(page, cutoff);
  }

  /** Deletes old plates from the files that can be downloaded. */
  async deleteOldPlates(cutoff: number): Promise<void> {
    for (const file of await this.filesWithOldPlates(cutoff)) await this.rewrite(file, cutoff);
  }

  private async linesOf(page: readonly CsvRecord[], cutoff: number): Promise<Buffer> {
    const ended = await this.endedBy(
      page.flatMap((record) => activeId(record) ?? []),
      cutoff,
    );
    const isOld = (record: CsvRecord): boolean =>
      endOf(record) <= cutoff || ended.has(activeId(record) ?? 0);
    return Buffer.from(linesWithoutPlates(page, isOld));
  }

  /** The stays that had ended by the cutoff, although their records are active: exits may arrive a day late. */
  private async endedBy(ids: readonly number[], cutoff: number): Promise<ReadonlySet<number>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database.sql<{ id: number }[]>`
      SELECT id FROM reservations WHERE id IN (${list(ids)}) AND left_at <= ${cutoff}`;
    return new Set(rows.map(({ id }) => id));
  }

  private filesWithOldPlates(cutoff: number): Promise<OldFile[]> {
    return this.database.sql<OldFile[]>`
      SELECT id, plates_after AS "platesAfter" FROM exports
      WHERE status = 'completed'
        AND EXISTS (SELECT 1 FROM export_chunks WHERE export_id = exports.id)
        AND EXISTS (
          SELECT 1 FROM reservations r WHERE r.user_id = exports.user_id
            AND r.left_at > COALESCE(exports.plates_after, -1) AND r.left_at <= ${cutoff})`;
  }

  /** A download that has already begun is aborted. */
  private async rewrite({ id, platesAfter }: OldFile, cutoff: number): Promise<void> {
    const csv = createGunzip();
    const gzip = createGzip();
    // The callbacks ignore errors, because reading `gzip` in the loop throws them.
    pipeline(Readable.from(readChunks(this.database, id)), csv, () => undefined);
    pipeline(Readable.from(this.withoutOldPlates(csv, cutoff)), gzip, () => undefined);
    // Collects the chunks in memory, to replace all of them at once; a compressed file has a few MB at most.
    const chunks: Buffer[] = [];
    for await (const bytes of inChunks(gzip, CHUNK_BYTES)) chunks.push(bytes);
    await this.transactions.run(async (tx) => {
      // Updates no row if another instance has rewritten the file, or it was replaced or erased meanwhile.
      const [updated] = await tx.sql<{ id: string }[]>`
        UPDATE exports SET plates_after = ${cutoff}
        WHERE id = ${id} AND COALESCE(plates_after, -1) = ${platesAfter ?? -1}
          AND EXISTS (SELECT 1 FROM export_chunks WHERE export_id = exports.id)
        RETURNING id`;
      if (updated) await replaceChunks(tx, id, chunks);
    });
  }
}

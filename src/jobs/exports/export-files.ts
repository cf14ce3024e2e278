import { rowLock } from '../../platform/database/locks/row-lock.js';
import { list, type SqlFragment } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Queryable } from '../../platform/database/queryable.js';

/** Compressed bytes in one row: a few thousand bookings. */
export const CHUNK_BYTES = 32 * 1024;

export async function storeChunk(
  tx: Tx,
  exportId: string,
  position: number,
  bytes: Buffer,
): Promise<void> {
  await tx.sql`INSERT INTO export_chunks (export_id, position, bytes)
    VALUES (${exportId}, ${position}, ${bytes})`;
}

export async function deleteChunks(tx: Tx, exportId: string): Promise<void> {
  await tx.sql`DELETE FROM export_chunks WHERE export_id = ${exportId}`;
}

/**
 * Deletes the exports that match, with their files. Locks them first: a chunk that is being stored locks
 * its export too, and is committed before the chunks are deleted.
 */
export async function deleteExports(tx: Tx, matching: SqlFragment): Promise<void> {
  const exports = await tx.sql<{ id: string }[]>`
    SELECT id FROM exports WHERE ${matching} ORDER BY id ${rowLock(tx, 'FOR UPDATE')}`;
  const ids = exports.map(({ id }) => id);
  if (ids.length === 0) return;
  await tx.sql`DELETE FROM export_chunks WHERE export_id IN (${list(ids)})`;
  await tx.sql`DELETE FROM exports WHERE id IN (${list(ids)})`;
}

/** Replaces the stored chunks of the export with `chunks`, in their order. */
export async function replaceChunks(
  tx: Tx,
  exportId: string,
  chunks: readonly Buffer[],
): Promise<void> {
  await deleteChunks(tx, exportId);
  for (const [position, bytes] of chunks.entries()) await storeChunk(tx, exportId, position, bytes);
}

/** Deletes the files of the driver's other exports, so that those exports expire. */
export async function replaceEarlierFiles(
  tx: Tx,
  newest: { readonly userId: number; readonly id: string; readonly now: Date },
): Promise<void> {
  const { userId, id } = newest;
  const now = newest.now.getTime();
  await tx.sql`
    DELETE FROM export_chunks WHERE export_id IN (
      SELECT id FROM exports WHERE user_id = ${userId} AND id <> ${id} AND status = 'completed')`;
  await tx.sql`
    UPDATE exports SET expires_at = ${now}
    WHERE user_id = ${userId} AND id <> ${id} AND status = 'completed' AND expires_at > ${now}`;
}

/** Whether the export's file is stored: it is deleted when it expires or a newer one replaces it. */
export async function hasFile(database: Queryable, exportId: string): Promise<boolean> {
  const chunks = await database.sql`
    SELECT position FROM export_chunks WHERE export_id = ${exportId} LIMIT 1`;
  return chunks.length > 0;
}

/** The stored bytes in order, one chunk in memory at a time. */
export async function* readChunks(database: Queryable, exportId: string): AsyncGenerator<Buffer> {
  for (let position = 0; ; position += 1) {
    const [chunk] = await database.sql<{ bytes: Buffer }[]>`
      SELECT bytes FROM export_chunks WHERE export_id = ${exportId} AND position = ${position}`;
    if (!chunk) return;
    yield chunk.bytes;
  }
}

/** Joins small pieces into chunks of at least `size` bytes, except for the last one. */
export async function* inChunks(
  pieces: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    gathered.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(gathered);
}

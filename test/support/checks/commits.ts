// Checks that a unit of work commits once: SQLite's write-ahead log contains one commit frame per
// transaction.

import { readFileSync } from 'node:fs';

/** Format of a WAL file: https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const PAGE_SIZE_OFFSET = 8;
const COMMIT_OFFSET = 4;
const SALT_OFFSET = 8;
const HEADER_SALT_OFFSET = 16;

/**
 * Starts to count the commits to a SQLite file. Returns a function that returns their number so far. The
 * number is valid until the next checkpoint, because the function counts the frames of the write-ahead log
 * that end a transaction.
 */
export function countCommits(file: string): () => number {
  const before = commitsInLog(file);
  return () => commitsInLog(file) - before;
}

function commitsInLog(file: string): number {
  const log = readFileSync(`${file}-wal`);
  if (log.length < HEADER_BYTES) return 0;
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(PAGE_SIZE_OFFSET);
  const salt = log.readBigUInt64BE(HEADER_SALT_OFFSET);
  let commits = 0;
  for (let frame = HEADER_BYTES; frame + frameBytes <= log.length; frame += frameBytes) {
    // Frames with an older salt were written before a checkpoint.
    if (log.readBigUInt64BE(frame + SALT_OFFSET) !== salt) break;
    if (log.readUInt32BE(frame + COMMIT_OFFSET) > 0) commits += 1;
  }
  return commits;
}

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { ImportRefused } from '../import-refused.js';
import { hasErrorCode } from '../../../platform/errors/error-text.js';

/**
 * The header of a SQLite file: its first bytes, its length, and offsets
 * (https://www.sqlite.org/fileformat2.html, section 1.3).
 */
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const PAGE_SIZE = 16;
const READ_VERSION = 19;
const CHANGE_COUNTER = 24;
const PAGE_COUNT = 28;
const VERSION_VALID_FOR = 92;
/** A read version of 2 means that the file is written through a WAL. */
const WAL = 2;

/** Properties of a SQLite file that are read without opening it as a database. */
export interface FileHeader {
  readonly usesWal: boolean;
}

/** @throws ImportRefused if the file is missing, not a SQLite file, truncated, or has pending writes. */
export function checkFile(path: string): FileHeader {
  const header = readHeader(path);
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new ImportRefused(`${path} is not a SQLite database`);
  }
  assertNoPendingWrites(path);
  assertNotTruncated(path, header);
  return { usesWal: header.readUInt8(READ_VERSION) === WAL };
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    if (!statSync(path).isFile()) throw new ImportRefused(`${path} is not a file`);
    const file = openSync(path, 'r');
    try {
      readSync(file, header);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof ImportRefused) throw error;
    const missing = hasErrorCode(error, 'ENOENT');
    throw new ImportRefused(missing ? `There is no file ${path}` : `${path}: ${String(error)}`);
  }
  return header;
}

/** Pending writes are in a file beside the database. */
function assertNoPendingWrites(path: string): void {
  if (existsSync(`${path}-wal`)) {
    throw new ImportRefused(
      `${path} is in use: ${path}-wal is beside it; stop the Flask program, then run ` +
        `sqlite3 ${path} "PRAGMA wal_checkpoint(TRUNCATE)"`,
    );
  }
  const journal = statSync(`${path}-journal`, { throwIfNoEntry: false });
  if (journal && journal.size > 0) {
    throw new ImportRefused(
      `${path} is in use, or a write to it was interrupted: ${path}-journal is beside it; stop the ` +
        `Flask program, then run sqlite3 ${path} "PRAGMA quick_check"`,
    );
  }
}

function assertNotTruncated(path: string, header: Buffer): void {
  const stated = header.readUInt16BE(PAGE_SIZE);
  const pageSize = stated === 1 ? 65_536 : stated;
  const countIsValid =
    header.readUInt32BE(CHANGE_COUNTER) === header.readUInt32BE(VERSION_VALID_FOR);
  const pages = countIsValid ? header.readUInt32BE(PAGE_COUNT) : 1;
  if (statSync(path).size < pages * pageSize) {
    throw new ImportRefused(`${path} is truncated: it should have ${pages * pageSize} bytes`);
  }
}

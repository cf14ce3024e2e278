import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ImportRefused } from '../import-refused.js';
import { checkFile } from './file-header.js';
import { type Cell, FLASK_TABLES, type FlaskRows, type FlaskTable } from './rows.js';

/** A read-only snapshot of the Flask application's database. */
export class FlaskFile implements Disposable {
  private constructor(
    readonly path: string,
    private readonly database: Database.Database,
    private readonly copyFolder: string | undefined,
  ) {}

  /** @throws ImportRefused if the file is not a complete Flask VPMS database without pending writes. */
  static open(path: string): FlaskFile {
    const { usesWal } = checkFile(path);
    // SQLite creates files beside a WAL database even for reading, so read a copy.
    const copyFolder = usesWal ? mkdtempSync(join(tmpdir(), 'vpms-import-')) : undefined;
    const copy = copyFolder && join(copyFolder, 'vpms.db');
    if (copy) copyFileSync(path, copy);
    const database = new Database(copy ?? path, { readonly: true, fileMustExist: true });
    const file = new FlaskFile(path, database, copyFolder);
    try {
      // Keep one snapshot for the whole import.
      database.exec('BEGIN');
      file.assertUndamaged();
      file.assertFlaskSchema();
    } catch (error) {
      file[Symbol.dispose]();
      throw file.explain(error);
    }
    return file;
  }

  /** Converts a SQLite error into an ImportRefused; returns other errors unchanged. */
  explain(error: unknown): unknown {
    if (!(error instanceof Database.SqliteError)) return error;
    return new ImportRefused(`${this.path} cannot be read: ${error.message}`, { cause: error });
  }

  /** Iterates over all rows by id. A table may be larger than the memory. */
  rows<T extends FlaskTable>(table: T, condition = 'TRUE'): IterableIterator<FlaskRows[T]> {
    const present = this.columnsOf(table);
    const { required, optional } = FLASK_TABLES[table];
    const columns = [...required, ...optional].map((column) =>
      present.has(column) ? column : `NULL AS ${column}`,
    );
    return this.database
      .prepare<[], FlaskRows[T]>(
        `SELECT ${columns.join(', ')} FROM ${table} WHERE ${condition} ORDER BY id`,
      )
      .iterate();
  }

  /** The distinct values of the column. */
  distinct(table: FlaskTable, column: string): IterableIterator<Cell> {
    return this.database
      .prepare<[], Cell>(`SELECT DISTINCT ${column} FROM ${table}`)
      .pluck()
      .iterate();
  }

  [Symbol.dispose](): void {
    this.database.close();
    if (this.copyFolder) rmSync(this.copyFolder, { recursive: true, force: true });
  }

  private assertUndamaged(): void {
    const [verdict] = this.database.pragma('quick_check(1)') as { quick_check: string }[];
    if (verdict?.quick_check === 'ok') return;
    const fault = verdict?.quick_check.replaceAll(/\s+/g, ' ');
    throw new ImportRefused(`${this.path} is damaged: ${fault}`);
  }

  private assertFlaskSchema(): void {
    for (const table of Object.keys(FLASK_TABLES) as FlaskTable[]) {
      const present = this.columnsOf(table);
      const missing = FLASK_TABLES[table].required.filter((column) => !present.has(column));
      if (missing.length === 0) continue;
      const fault =
        present.size === 0 ? `it has no table ${table}` : `${table} has no ${missing.join(', ')}`;
      throw new ImportRefused(`${this.path} is not a database of the Flask VPMS: ${fault}`);
    }
  }

  private columnsOf(table: FlaskTable): ReadonlySet<string> {
    const columns = this.database.pragma(`table_info(${table})`) as { name: string }[];
    return new Set(columns.map(({ name }) => name));
  }
}

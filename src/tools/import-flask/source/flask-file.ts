import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ImportRefused } from '../import-refused.js';
import { checkFile } from './file-header.js';
import { type Cell, FLASK_TABLES, type FlaskRows, type FlaskTable } from './rows.js';

/** The original's database, read-only, as it was when it was opened. */
export class FlaskFile implements Disposable {
  private constructor(
    readonly path: string,
    private readonly database: Database.Database,
    private readonly copyFolder: string | undefined,
  ) {}

  /** @throws ImportRefused where it is not a whole Flask VPMS database at rest. */
  static open(path: string): FlaskFile {
    const { usesWal } = checkFile(path);
    // Even to read one, SQLite makes files beside a WAL database; so it reads a copy.
    const copyFolder = usesWal ? mkdtempSync(join(tmpdir(), 'vpms-import-')) : undefined;
    const copy = copyFolder && join(copyFolder, 'vpms.db');
    if (copy) copyFileSync(path, copy);
    const database = new Database(copy ?? path, { readonly: true, fileMustExist: true });
    const file = new FlaskFile(path, database, copyFolder);
    try {
      // One snapshot: a program that still runs cannot write as long as we read.
      database.exec('BEGIN');
      file.refuseCorrupted();
      file.refuseOtherSchema();
    } catch (error) {
      file[Symbol.dispose]();
      throw file.explain(error);
    }
    return file;
  }

  /** An error of SQLite about this file as a line for people; any other as it is. */
  explain(error: unknown): unknown {
    if (!(error instanceof Database.SqliteError)) return error;
    return new ImportRefused(`${this.path} cannot be read: ${error.message}`, { cause: error });
  }

  /** All rows by id, one at a time: a table may be larger than the memory. */
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

  /** Each value of the column once. */
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

  private refuseCorrupted(): void {
    const [verdict] = this.database.pragma('quick_check(1)') as { quick_check: string }[];
    if (verdict?.quick_check === 'ok') return;
    const fault = verdict?.quick_check.replaceAll(/\s+/g, ' ');
    throw new ImportRefused(`${this.path} is damaged: ${fault}`);
  }

  private refuseOtherSchema(): void {
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

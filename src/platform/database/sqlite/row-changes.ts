import type { Database, Statement } from 'better-sqlite3';
import type { WriteDatabase } from '../data-sources.js';

/** Changes of rows as in a trigger, for instance `DELETE ON sessions`. */
export type RowChange = `${'DELETE' | 'INSERT' | `UPDATE OF ${string}`} ON ${string}`;

let functions = 0;

/**
 * Detects committed changes of some rows, so that values in memory can replace reads of a SQLite
 * database. Temporary triggers report the changes of this process's writing connection; `PRAGMA
 * data_version` changes after a commit of another process.
 */
export class RowChanges {
  private readonly connection: Database;
  private readonly dataVersion: Statement<[], number>;
  private seenDataVersion = 0;
  /** Whether the data version was read in this turn of the event loop. */
  private isCurrent = false;
  private changes = 0;
  /**
   * Whether a watched row has changed and `changes` does not count this yet; the transaction may still be
   * open.
   */
  private isChanged = false;

  constructor({ driver }: WriteDatabase, watched: readonly RowChange[]) {
    const { databaseConnection } = driver as unknown as { databaseConnection: Database };
    this.connection = databaseConnection;
    this.dataVersion = databaseConnection.prepare<[], number>('PRAGMA data_version').pluck();
    functions += 1;
    const name = `row_changed_${functions}`;
    databaseConnection.function(name, () => {
      this.isChanged = true;
      return null;
    });
    for (const [index, change] of watched.entries()) {
      databaseConnection.exec(
        `CREATE TEMP TRIGGER ${name}_${index} AFTER ${change} BEGIN SELECT ${name}(); END`,
      );
    }
  }

  /**
   * A number that stays the same as long as no watched row has changed; undefined while a transaction that
   * has changed a watched row may be open, because what is read then may soon be outdated.
   */
  version(): number | undefined {
    if (!this.isCurrent) this.readDataVersion();
    if (!this.isChanged) return this.changes;
    if (this.connection.inTransaction) return undefined;
    this.isChanged = false;
    this.changes += 1;
    return this.changes;
  }

  /**
   * Reads at most once per turn of the event loop, because it takes two system calls. A commit of
   * another process during a turn is detected in the next one.
   */
  private readDataVersion(): void {
    this.isCurrent = true;
    setImmediate(() => {
      this.isCurrent = false;
    });
    const dataVersion = this.dataVersion.get();
    if (dataVersion !== undefined && dataVersion !== this.seenDataVersion) {
      this.seenDataVersion = dataVersion;
      this.changes += 1;
    }
  }
}

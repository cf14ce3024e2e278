/** How much of the database's connections this process uses. */
export interface Usage {
  /** Units of work that wait for a connection, or for the one writer of SQLite. */
  readonly waiting: number;
  /** Of the pool of PostgreSQL. */
  readonly connections?: { readonly used: number; readonly idle: number };
}

export abstract class DatabaseUsage {
  abstract read(): Usage;
}

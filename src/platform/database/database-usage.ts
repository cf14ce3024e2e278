/** How much of the database's connections this process uses. */
export interface Usage {
  /** Units of work that wait for a connection, or for SQLite's one writer. */
  readonly waiting: number;
  /** Connections of PostgreSQL's pool. */
  readonly connections?: { readonly used: number; readonly idle: number };
}

export abstract class DatabaseUsage {
  abstract read(): Usage;
}

/** The database connections that this process uses, and the units of work that wait for one. */
export interface Usage {
  /** Units of work that wait for a connection, or for SQLite's one writer. */
  readonly waiting: number;
  /** Connections of PostgreSQL's pool. */
  readonly connections?: { readonly used: number; readonly idle: number };
}

export abstract class DatabaseUsage {
  abstract read(): Usage;
}

/** The database of one server under test. */
export interface BenchDatabase {
  /** Environment variables of a server that uses this database. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for the data and the log of the server. */
  readonly directory: string;
  /** Runs one statement on a connection of its own and returns its rows. */
  query<Row>(sql: string): Promise<Row[]>;
  /** Runs statements without durability. No other connection may be open. */
  run(statements: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** Creates databases of one kind. */
export interface DatabaseKind {
  readonly name: 'sqlite' | 'postgres';
  create(): Promise<BenchDatabase>;
  /** No connection to the original may be open. */
  copy(original: BenchDatabase): Promise<BenchDatabase>;
  close(): Promise<void>;
}

/** A database for one server under test. */
export interface BenchDatabase {
  /** The variables with which a program uses it. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of its own: the program's data and log. */
  readonly directory: string;
  /** Runs one statement as a program of another maker would; answers its rows. */
  query<Row>(sql: string): Promise<Row[]>;
  /** Runs statements while nobody else uses it, for speed alone: a power cut may spoil it. */
  run(statements: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** Where databases are made. */
export interface DatabaseKind {
  readonly name: 'sqlite' | 'postgres';
  create(): Promise<BenchDatabase>;
  /** While nobody uses the original. */
  copy(original: BenchDatabase): Promise<BenchDatabase>;
  close(): Promise<void>;
}

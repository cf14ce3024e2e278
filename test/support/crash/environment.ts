import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from '../data/pg.js';
import { querySqlite } from '../data/database-file.js';
import { type ProcessOptions, startProcess, type VpmsProcess } from '../processes/processes.js';
import type { ThrowawayServer } from '../servers/throwaway-server.js';
import { SECRET } from '../app/tokens.js';
import { type RuleTarget, violationsIn } from '../checks/rules.js';
import { LONG_TIMEOUTS } from '../cluster/cluster.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

const ENVIRONMENT = {
  JWT_SECRET: SECRET,
  RATE_LIMIT_ENABLED: 'false',
  LOG_LEVEL: 'warn',
  // Reminders become due at the end of the day, so that hardly any test runs at that moment.
  REMINDER_HOUR: '23',
  REMINDER_MINUTE: '59',
};

/** A database on which programs are started one after another. */
export abstract class CrashEnvironment implements AsyncDisposable {
  readonly dataDirectory = temporaryDirectory();
  private readonly started: VpmsProcess[] = [];

  abstract readonly kind: RuleTarget['kind'];
  /** The database server, if it can be killed too. */
  abstract readonly server: ThrowawayServer | undefined;
  protected abstract readonly environment: Readonly<Record<string, string>>;

  /** Runs one statement without parameters. */
  abstract query<Row>(sql: string): Promise<Row[]>;

  /** Resolves when the first start has begun to create the database. */
  abstract hasBegun(): Promise<boolean>;

  /** The options with which the program is started. */
  get options(): ProcessOptions {
    return {
      dataDirectory: this.dataDirectory,
      environment: { ...ENVIRONMENT, ...this.environment },
    };
  }

  async start(): Promise<VpmsProcess> {
    const vpms = await startProcess({
      ...this.options,
      // The URL is logged at level info.
      environment: { ...this.options.environment, LOG_LEVEL: 'info' },
    });
    this.started.push(vpms);
    return vpms;
  }

  violations(): Promise<Record<string, unknown[]>> {
    return violationsIn({ kind: this.kind, query: (sql) => this.query(sql) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const vpms of this.started) await vpms.stop('SIGKILL');
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }
}

/** The environment of a SQLite file. */
export class SqliteCrashEnvironment extends CrashEnvironment {
  readonly kind = 'sqlite';
  readonly server = undefined;
  protected readonly environment = {};

  async hasBegun(): Promise<boolean> {
    return existsSync(join(this.dataDirectory, 'vpms.db'));
  }

  async query<Row>(sql: string): Promise<Row[]> {
    return querySqlite<Row>(join(this.dataDirectory, 'vpms.db'), sql);
  }
}

/** A database on a PostgreSQL server; the caller stops the server. */
export class PostgresCrashEnvironment extends CrashEnvironment {
  readonly kind = 'postgres';
  private readonly pool: Pool;

  private constructor(
    readonly server: ThrowawayServer,
    private readonly url: string,
  ) {
    super();
    this.pool = new Pool({ connectionString: url, max: 2 });
    // The server is killed on purpose; the query reports the error.
    this.pool.on('error', () => undefined);
  }

  /** Creates an empty database. */
  static async of(server: ThrowawayServer, name: string): Promise<PostgresCrashEnvironment> {
    const pool = new Pool({ connectionString: server.url, max: 1 });
    await pool.query(`CREATE DATABASE ${name}`);
    await pool.end();
    const url = new URL(server.url);
    url.pathname = name;
    return new PostgresCrashEnvironment(server, url.href);
  }

  protected get environment(): Readonly<Record<string, string>> {
    return { DATABASE_URL: this.url, ...LONG_TIMEOUTS };
  }

  async hasBegun(): Promise<boolean> {
    const sessions = await this.query(`SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'vpms%'`);
    return sessions.length > 0;
  }

  async query<Row>(sql: string): Promise<Row[]> {
    return (await this.pool.query(sql)).rows as Row[];
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
    await super[Symbol.asyncDispose]();
  }
}

import { Pool } from '../data/pg.js';
import { expect } from 'vitest';
import { type ProcessOptions, startProcess, type VpmsProcess } from '../processes/processes.js';
import { startPostgres } from '../servers/postgres-server.js';
import { startRedis } from '../servers/redis-server.js';
import type { ThrowawayServer } from '../servers/throwaway-server.js';
import { forgeToken, SECRET } from '../app/tokens.js';

/** For tests that expect no 503: on a busy machine, the database may respond later than by default. */
export const LONG_TIMEOUTS = {
  DATABASE_CONNECT_TIMEOUT: '30000',
  DATABASE_STATEMENT_TIMEOUT: '30000',
};

/** A driver and a token. */
export interface Driver {
  readonly id: number;
  readonly username: string;
  readonly token: string;
}

/** One PostgreSQL, one Redis, and any number of processes that use them. */
export class Cluster implements AsyncDisposable {
  private readonly processes: VpmsProcess[] = [];
  private drivers = 0;
  /** A separate connection to the database. */
  private readonly pool: Pool;

  private constructor(
    readonly postgres: ThrowawayServer,
    readonly redis: ThrowawayServer,
  ) {
    // Integers are parsed as numbers, because the program's type parsers of node-postgres are
    // loaded here too.
    this.pool = new Pool({ connectionString: postgres.url, max: 4 });
    // The server is stopped on purpose; the query reports the error.
    this.pool.on('error', () => undefined);
  }

  static async start(): Promise<Cluster> {
    const postgres = await startPostgres();
    try {
      return new Cluster(postgres, await startRedis());
    } catch (error) {
      await postgres[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a process with the role. All processes share the token secret. */
  async launch(
    role: 'api' | 'worker',
    environment: ProcessOptions['environment'] = {},
  ): Promise<VpmsProcess> {
    const launched = await startProcess({
      environment: {
        DATABASE_URL: this.postgres.url,
        REDIS_URL: this.redis.url,
        PROCESS_ROLE: role,
        JWT_SECRET: SECRET,
        RATE_LIMIT_ENABLED: 'false',
        // Reminders become due at the end of the day, so that hardly any test runs at that moment.
        REMINDER_HOUR: '23',
        REMINDER_MINUTE: '59',
        ...environment,
      },
    });
    this.processes.push(launched);
    return launched;
  }

  async sql<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.pool.query(text, [...values]);
    return rows as Row[];
  }

  /** The number that the query returns. */
  async count(query: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.sql<Record<string, unknown>>(query, values);
    return Number(Object.values(row ?? {})[0]);
  }

  /** Adds one logged-in driver with {@link addDrivers}. */
  async addDriver(): Promise<Driver> {
    return pick(await this.addDrivers(1), 0);
  }

  /** Adds logged-in drivers, without the cost of hashing passwords. */
  async addDrivers(number: number): Promise<Driver[]> {
    this.drivers += number;
    const accounts = await this.sql<Pick<Driver, 'id' | 'username'>>(
      `INSERT INTO accounts
        (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
      SELECT name, name, name || '@example.com', name || '@example.com', '-', 'user', 0, 0
      FROM (SELECT 'driver' || n AS name FROM generate_series($1::int, $2::int) AS n) AS names
      RETURNING id, username`,
      [this.drivers - number + 1, this.drivers],
    );
    const exp = Math.floor(Date.now() / 1000) + 3_600;
    await this.sql(
      `INSERT INTO sessions SELECT 'of-' || id, id, $2 FROM unnest($1::bigint[]) AS id`,
      [accounts.map(({ id }) => id), exp * 1000],
    );
    return accounts.map(({ id, username }) => {
      const claims = {
        sub: String(id),
        jti: `of-${id}`,
        role: 'user',
        iss: 'vpms',
        iat: exp - 3_600,
        exp,
      };
      return { id, username, token: forgeToken({ claims }) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const launched of this.processes) await launched[Symbol.asyncDispose]();
    await this.pool.end();
    await this.redis[Symbol.asyncDispose]();
    await this.postgres[Symbol.asyncDispose]();
  }
}

/** Creates a lot with the given number of spots at 12.50 per hour. Returns its id. */
export async function addLot(
  { http }: VpmsProcess,
  token: string,
  numberOfSpots: number,
): Promise<number> {
  const lot = { prime_location_name: 'Central', address: '1 Main Street', pin_code: '110001' };
  const body = { ...lot, price: 12.5, number_of_spots: numberOfSpots };
  const response = await http.post('/api/admin/parking-lots', { token, body });
  expect(response.status).toBe(201);
  return Number(response.body.id);
}

/** The element at the index modulo the length of the list. */
export function pick<T>(list: readonly T[], number: number): T {
  const element = list[number % list.length];
  if (element === undefined) throw new Error('There is nothing to pick from');
  return element;
}

import { Client } from 'pg';

/** An arbitrary number, the same in every instance. */
const MIGRATION_LOCK = 8_676_001;

/**
 * Runs the work under PostgreSQL's advisory lock for migrations: if several instances start at once,
 * one migrates and the others wait. The lock has its own connection without a statement timeout: the
 * others wait as long as the first one takes.
 */
export async function withMigrationLock<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'vpms migrations' });
  // If the connection is lost, the work or the final disconnect fails and reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    await client.end();
  }
}

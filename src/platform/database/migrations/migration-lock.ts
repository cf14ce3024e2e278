import { Client } from 'pg';

/** Any number will do, as long as every instance takes the same. */
const MIGRATION_LOCK = 8_676_001;

/**
 * Does the work while holding PostgreSQL's advisory lock for migrations, so that of ten instances
 * that start at once one migrates and the others wait and see. The lock has a connection of its
 * own, without a statement timeout: the others wait for as long as the first one takes.
 */
export async function withMigrationLock<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'vpms migrations' });
  // Lost while it waits: the work, or the end, then fails too and says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    await client.end();
  }
}

import type { Tx } from '../../platform/database/tx.js';

/** What is taken from the table of reservations for a while, and how. */
interface Deferred {
  readonly remove: string;
  readonly restore: string;
}

/**
 * Does the work without the plain indexes on reservations, and on PostgreSQL without its foreign
 * keys, and makes them anew after it: from all rows at once that takes a fraction of the time. The
 * unique indexes stay, and go on refusing. To be run in a transaction, so that a failure leaves
 * everything as it was.
 * @throws where a row refers to what is not there, after the work.
 */
export async function withDeferredChecks(tx: Tx, work: () => Promise<void>): Promise<void> {
  const deferred =
    tx.dialect === 'postgres'
      ? [...(await foreignKeys(tx)), ...(await postgresIndexes(tx))]
      : await sqliteIndexes(tx);
  for (const { remove } of deferred) await tx.execute(remove);
  await work();
  for (const { restore } of deferred) await tx.execute(restore);
}

function foreignKeys(tx: Tx): Promise<Deferred[]> {
  return tx.sql<Deferred[]>`
    SELECT format('ALTER TABLE reservations DROP CONSTRAINT %I', conname) AS remove,
      format('ALTER TABLE reservations ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
        AS restore
    FROM pg_constraint WHERE conrelid = 'reservations'::regclass AND contype = 'f'`;
}

function postgresIndexes(tx: Tx): Promise<Deferred[]> {
  return tx.sql<Deferred[]>`
    SELECT format('DROP INDEX %I', indexname) AS remove, indexdef AS restore FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = 'reservations'
      AND indexdef NOT LIKE 'CREATE UNIQUE%'`;
}

function sqliteIndexes(tx: Tx): Promise<Deferred[]> {
  return tx.sql<Deferred[]>`
    SELECT 'DROP INDEX ' || name AS remove, sql AS restore FROM sqlite_master
    WHERE type = 'index' AND tbl_name = 'reservations' AND sql NOT LIKE 'CREATE UNIQUE%'`;
}

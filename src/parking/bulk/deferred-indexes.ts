import type { EntityManager } from 'typeorm';

interface Index {
  readonly name: string;
  readonly definition: string;
}

/**
 * Does the work without the plain indexes on reservations, and makes them anew after it: from all
 * rows at once that takes a fraction of the time. The unique ones stay, and go on refusing. To be
 * run in a transaction, so that a failure leaves them as they were.
 */
export async function withDeferredIndexes(
  tx: EntityManager,
  work: () => Promise<void>,
): Promise<void> {
  const indexes = (await indexesOf(tx)).filter(
    ({ definition }) => !definition.startsWith('CREATE UNIQUE'),
  );
  for (const { name } of indexes) await tx.query(`DROP INDEX ${name}`);
  await work();
  for (const { definition } of indexes) await tx.query(definition);
}

function indexesOf(tx: EntityManager): Promise<Index[]> {
  return tx.dataSource.options.type === 'postgres'
    ? tx.sql<Index[]>`
        SELECT indexname AS name, indexdef AS definition FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'reservations'`
    : tx.sql<Index[]>`
        SELECT name, sql AS definition FROM sqlite_master
        WHERE type = 'index' AND tbl_name = 'reservations' AND sql IS NOT NULL`;
}

import { startVpms } from '../servers/subjects.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';
import { buildCity, type City } from './city.js';
import type { CitySize } from './city-size.js';

/**
 * A migrated and filled database without connections. If two versions are compared, the older one
 * creates the schema: the newer version migrates its copy, but the older one refuses a newer schema.
 */
export interface Prepared {
  readonly database: BenchDatabase;
  readonly city: City;
}

export async function prepare(
  kind: DatabaseKind,
  size: CitySize,
  checkout?: string,
): Promise<Prepared> {
  const database = await kind.create();
  try {
    const { stop } = await startVpms(database, { checkout });
    await stop();
    const city = await buildCity(database, size);
    if (kind.name === 'postgres') await database.query('VACUUM ANALYZE');
    return { database, city };
  } catch (error) {
    await database.remove();
    throw error;
  }
}

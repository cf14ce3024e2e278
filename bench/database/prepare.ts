import { startVpms } from '../servers/subjects.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';
import { buildCity, type City, type CitySize } from './city.js';

/**
 * A filled database that no program uses. The older of two compared versions creates its tables: the
 * newer one migrates its copy when it starts, while the older one would refuse a newer schema.
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

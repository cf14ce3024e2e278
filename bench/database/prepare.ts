import { startVpms } from '../servers/subjects.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';
import { buildCity, type City, type CitySize } from './city.js';

/** A database that the program has made its tables in, filled, and used by nobody. */
export interface Prepared {
  readonly database: BenchDatabase;
  readonly city: City;
}

export async function prepare(kind: DatabaseKind, size: CitySize): Promise<Prepared> {
  const database = await kind.create();
  try {
    const { stop } = await startVpms(database);
    await stop();
    const city = await buildCity(database, size);
    if (kind.name === 'postgres') await database.query('VACUUM ANALYZE');
    return { database, city };
  } catch (error) {
    await database.remove();
    throw error;
  }
}

import type { EntityManager } from 'typeorm';

/** Something to read from: the Reader, or a unit of work that must see its own writes. */
export type Queryable = Pick<EntityManager, 'sql'>;

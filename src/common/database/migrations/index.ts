import { InitialSchema1767225600000 } from './1767225600000-initial-schema.js';

/** Every migration, in order. One set serves both databases. */
export const MIGRATIONS = [InitialSchema1767225600000];

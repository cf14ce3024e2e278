import { describe } from 'vitest';
import { findServerBinaries } from './binaries.js';

/**
 * Like `describe`; skipped where PostgreSQL or Redis is not installed, of which the configuration
 * of the tests has told by then (and has refused to go on, in CI).
 */
export const describeWithServers =
  findServerBinaries().missing.length === 0 ? describe : describe.skip;

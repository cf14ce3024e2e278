import { describe } from 'vitest';
import { findServerBinaries } from './binaries.js';

/**
 * Like `describe`, but skipped if PostgreSQL or Redis is not installed. The test configuration
 * reports that (and fails in CI).
 */
export const describeWithServers =
  findServerBinaries().missing.length === 0 ? describe : describe.skip;

import { bookAhead } from './book-ahead.js';
import { bookRelease } from './book-release.js';
import { exports } from './exports.js';
import { gates } from './gates.js';
import { logins } from './logins.js';
import { mixed } from './mixed.js';
import { race } from './race.js';
import { readScenarios } from './reads.js';
import type { Scenario } from './scenario.js';

/** Read scenarios come first, because they expect the database as it was prepared. */
export const SCENARIOS: readonly Scenario[] = [
  ...readScenarios,
  bookRelease,
  mixed,
  race,
  gates,
  // Adds two lots, so it runs after all scenarios that read lists of lots.
  bookAhead,
  logins,
  exports,
];

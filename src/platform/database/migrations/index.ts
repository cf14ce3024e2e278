import { InitialSchema1767225600000 } from './1767225600000-initial-schema.js';
import { Jobs1767312000000 } from './1767312000000-jobs.js';
import { Idempotency1767398400000 } from './1767398400000-idempotency.js';
import { Audit1767484800000 } from './1767484800000-audit.js';
import { DelayedJobs1767571200000 } from './1767571200000-delayed-jobs.js';
import { IdempotencyRecords1767657600000 } from './1767657600000-idempotency-records.js';
import { Installation1767747600000 } from './1767747600000-installation.js';
import { AccountLimits1767830400000 } from './1767830400000-account-limits.js';
import { AuditReplace1767834000000 } from './1767834000000-audit-replace.js';
import { Probes1767837600000 } from './1767837600000-probes.js';
import { BoundedStorage1767916800000 } from './1767916800000-bounded-storage.js';

/** Every migration, in order. One set serves both databases. */
export const MIGRATIONS = [
  InitialSchema1767225600000,
  Jobs1767312000000,
  Idempotency1767398400000,
  Audit1767484800000,
  DelayedJobs1767571200000,
  IdempotencyRecords1767657600000,
  Installation1767747600000,
  AccountLimits1767830400000,
  AuditReplace1767834000000,
  Probes1767837600000,
  BoundedStorage1767916800000,
];

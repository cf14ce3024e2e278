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
import { Tariffs1768003200000 } from './1768003200000-tariffs.js';
import { BookingAhead1768089600000 } from './1768089600000-booking-ahead.js';
import { People1768176000000 } from './1768176000000-people.js';
import { Gates1768262400000 } from './1768262400000-gates.js';
import { Analytics1768521600000 } from './1768521600000-analytics.js';
import { PlateRetention1768608000000 } from './1768608000000-plate-retention.js';
import { GateEventLists1768694400000 } from './1768694400000-gate-event-lists.js';
import { MailedLinks1768780800000 } from './1768780800000-mailed-links.js';
import { EraseRequestIds1768867200000 } from './1768867200000-erase-request-ids.js';
import { LotPrices1768953600000 } from './1768953600000-lot-prices.js';

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
  Tariffs1768003200000,
  BookingAhead1768089600000,
  People1768176000000,
  Gates1768262400000,
  Analytics1768521600000,
  PlateRetention1768608000000,
  GateEventLists1768694400000,
  MailedLinks1768780800000,
  EraseRequestIds1768867200000,
  LotPrices1768953600000,
];

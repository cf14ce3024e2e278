import { Account } from '../auth/accounts/account.entity.js';
import { AccountLink } from '../auth/links/account-link.entity.js';
import { Session } from '../auth/sessions/session.entity.js';
import { AuditRecord } from '../platform/audit/audit-record.entity.js';
import { Export } from '../jobs/exports/export.entity.js';
import { Report } from '../jobs/reports/report.entity.js';
import { JobRun } from '../jobs/scheduling/job-run.entity.js';
import { Lot } from '../parking/lots/lot.entity.js';
import { Reservation } from '../parking/reservations/reservation.entity.js';
import { Spot } from '../parking/spots/spot.entity.js';

/** All TypeORM entities. */
export const ENTITIES = [
  Account,
  Session,
  AccountLink,
  Lot,
  Spot,
  Reservation,
  Export,
  JobRun,
  Report,
  AuditRecord,
];

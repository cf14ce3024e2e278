import { JobKinds } from '../platform/queue/job-kind.js';
import { ACCOUNT_MAIL } from '../auth/links/account-mails.js';
import { EXPORT, EXPORT_MAIL } from './exports/export-jobs.js';
import { PLATE_KEYS } from './plate-keys.js';
import { HOURLY_SUMS } from './hourly-sums.js';
import { HOUSEKEEPING } from './housekeeping.js';
import { OLD_PLATES } from './old-plates.js';
import { SCHEDULED_JOBS } from './scheduling/scheduled-jobs.js';

/** Every kind of job. The program does not start unless each has one handler in jobs-worker.module.ts. */
export const JOB_KINDS = new JobKinds([
  ACCOUNT_MAIL,
  EXPORT,
  EXPORT_MAIL,
  HOURLY_SUMS,
  HOUSEKEEPING,
  OLD_PLATES,
  PLATE_KEYS,
  ...SCHEDULED_JOBS,
]);

import { JobKinds } from '../platform/queue/job-kind.js';
import { EXPORT, EXPORT_MAIL } from './exports/export-jobs.js';
import { HOUSEKEEPING } from './housekeeping.js';
import { SCHEDULED_JOBS } from './scheduling/scheduled-jobs.js';

/** Every kind of job. A start fails unless each has one handler in jobs-worker.module.ts. */
export const JOB_KINDS = new JobKinds([EXPORT, EXPORT_MAIL, HOUSEKEEPING, ...SCHEDULED_JOBS]);

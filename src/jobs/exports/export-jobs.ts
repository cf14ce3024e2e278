import { type JobKind, THREE_ATTEMPTS } from '../../platform/queue/job-kind.js';

/** Writes the file. The job's row is the export. */
export const EXPORT: JobKind = { name: 'export', retry: THREE_ATTEMPTS };

/** Mails the file to its driver. The job's row is the export. */
export const EXPORT_MAIL: JobKind = { name: 'export-mail', retry: THREE_ATTEMPTS };

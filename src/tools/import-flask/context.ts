import type { Report } from './report/report.js';
import type { FlaskFile } from './source/flask-file.js';
import type { FlaskTable } from './source/rows.js';

/** Called for each row with the number of rows of its table that have been read. */
export type Progress = (table: FlaskTable, done: number) => void;

/** Shared by all steps of an import. */
export interface ImportContext {
  readonly file: FlaskFile;
  readonly report: Report;
  readonly progress: Progress;
  /** Instant of the import, in ms since 1970 UTC. */
  readonly now: number;
  /** Decimals of the currency. */
  readonly decimals: number;
}

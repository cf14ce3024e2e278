import type { Report } from './report/report.js';
import type { FlaskFile } from './source/flask-file.js';
import type { FlaskTable } from './source/rows.js';

/** Told now and then how many rows of a table are done. */
export type Progress = (table: FlaskTable, done: number) => void;

/** What every step of one import shares. */
export interface ImportContext {
  readonly file: FlaskFile;
  readonly report: Report;
  readonly progress: Progress;
  /** The moment of the import, in ms since 1970 UTC. */
  readonly now: number;
  /** Of the currency. */
  readonly decimals: number;
}

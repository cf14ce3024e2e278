import type { Tx } from '../../../platform/database/tx.js';

/** A job run that was due before the import. */
export interface PastRun {
  readonly name: string;
  readonly period: string;
}

const NOTE = 'Already done by the Flask VPMS before the import.';

/** Marks job runs that were due before the import as completed, so that no driver is notified twice. */
export async function closePastRuns(tx: Tx, runs: readonly PastRun[], now: Date): Promise<void> {
  const instant = now.getTime();
  for (const { name, period } of runs) {
    await tx.sql`
      INSERT INTO job_runs (name, period, status, started_at, finished_at, error)
      VALUES (${name}, ${period}, 'completed', ${instant}, ${instant}, ${NOTE})
      ON CONFLICT (name, period) DO NOTHING`;
  }
}

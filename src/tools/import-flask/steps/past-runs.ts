import type { Tx } from '../../../platform/database/tx.js';

/** A scheduled job and the period that it was due for before the move. */
export interface PastRun {
  readonly name: string;
  readonly period: string;
}

const NOTE = 'Before the move from the Flask VPMS, which has seen to it.';

/** Marks what was due before the move as done, so that no driver hears of it a second time. */
export async function closePastRuns(tx: Tx, runs: readonly PastRun[], now: Date): Promise<void> {
  const instant = now.getTime();
  for (const { name, period } of runs) {
    await tx.sql`
      INSERT INTO job_runs (name, period, status, started_at, finished_at, error)
      VALUES (${name}, ${period}, 'completed', ${instant}, ${instant}, ${NOTE})
      ON CONFLICT (name, period) DO NOTHING`;
  }
}

import type { Tx } from '../database/tx.js';
import type { Clock } from '../time/clock.js';
import { tryAdvisoryLock } from '../database/advisory-lock.js';
import { TransactionRunner, type UnitOfWork } from '../database/transaction-runner.js';
import { IdempotencyKeyInUse, IdempotencyKeyReused } from './errors.js';
import type { KeyedRequest } from './keyed-request.js';
import { decodeOutcome, encodeOutcome, isReplayable, type Outcome } from './outcome.js';

/** How long an outcome is kept, in milliseconds: 24 hours (contract). */
export const RETENTION_MS = 86_400_000;

interface Options {
  readonly transactions: TransactionRunner;
  readonly request: KeyedRequest;
  readonly clock: Clock;
  /** Called where the outcome is the one of an earlier request. */
  readonly onReplay: () => void;
}

/**
 * Runs the unit of work of one request with an Idempotency-Key, at most once for that key. Its
 * outcome is kept in the transaction that does the work: whatever dies and whenever, either both are
 * there or neither (docs/decisions/idempotency.md).
 */
export class IdempotentTransactionRunner extends TransactionRunner {
  constructor(private readonly options: Options) {
    super();
  }

  /**
   * @throws IdempotencyKeyInUse where another instance is at this very work
   * @throws IdempotencyKeyReused where the key came with another body before
   * @throws whatever the unit throws, or threw the first time
   */
  override async run<T>(unit: UnitOfWork<T>): Promise<T> {
    const { transactions, onReplay } = this.options;
    const { outcome, isReplay } = await transactions.run((tx) => this.runOnce(tx, unit));
    if (isReplay) onReplay();
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.result;
  }

  private async runOnce<T>(
    tx: Tx,
    unit: UnitOfWork<T>,
  ): Promise<{ outcome: Outcome<T>; isReplay: boolean }> {
    const { request, clock } = this.options;
    if (!(await tryAdvisoryLock(tx, request.lockKey))) throw new IdempotencyKeyInUse();
    const now = clock.now().getTime();
    const [kept] = await tx.sql<{ outcome: string; bodyDigest: string }[]>`
      SELECT outcome, body_digest AS "bodyDigest" FROM kept_outcomes
      WHERE request_digest = ${request.digest} AND created_at > ${now - RETENTION_MS}`;
    if (kept) {
      if (kept.bodyDigest !== request.bodyDigest) throw new IdempotencyKeyReused();
      return { outcome: decodeOutcome<T>(kept.outcome), isReplay: true };
    }
    const outcome = await attempt(tx, unit);
    await tx.sql`
      INSERT INTO kept_outcomes (request_digest, body_digest, outcome, created_at)
      VALUES (${request.digest}, ${request.bodyDigest}, ${encodeOutcome(outcome)}, ${now})
      ON CONFLICT (request_digest) DO UPDATE SET body_digest = excluded.body_digest,
        outcome = excluded.outcome, created_at = excluded.created_at`;
    return { outcome, isReplay: false };
  }
}

/** In a savepoint of its own, so that a refusal can be kept while what the unit did is undone. */
async function attempt<T>(tx: Tx, unit: UnitOfWork<T>): Promise<Outcome<T>> {
  try {
    return { result: await tx.savepoint(unit) };
  } catch (error) {
    if (isReplayable(error)) return { refusal: error };
    throw error;
  }
}

import type { Tx } from '../database/tx.js';
import type { Clock } from '../time/clock.js';
import { tryAdvisoryLock } from '../database/locks/advisory-lock.js';
import { rowLock } from '../database/locks/row-lock.js';
import { TransactionRunner, type UnitOfWork } from '../database/transaction-runner.js';
import { IdempotencyKeyInUse, IdempotencyKeyReused } from './errors.js';
import type { KeyedRequest } from './keyed-request.js';
import { decodeOutcome, encodeOutcome, isReplayable, type Outcome } from './outcome.js';
import { DAY } from '../time/durations.js';

/** Maximum number of records per account. */
const MAX_RECORDS = 1_000;
/**
 * Maximum number of records beyond the limit that one request deletes. More than one such record exists only
 * after concurrent requests of one account.
 */
const MAX_SURPLUS = 100;
/** How long a record is replayed, in milliseconds. */
export const RETENTION = DAY;

interface Options {
  readonly transactions: TransactionRunner;
  readonly request: KeyedRequest;
  readonly clock: Clock;
  /** Called if the response of an earlier request is replayed. */
  readonly onReplay: () => void;
}

/**
 * Runs the unit of work of a request with an Idempotency-Key at most once per key. The record is
 * stored in the same transaction as the work, so that a crash keeps both or neither
 * (docs/decisions/idempotency.md).
 */
export class IdempotentTransactionRunner extends TransactionRunner {
  constructor(private readonly options: Options) {
    super();
  }

  /**
   * @throws IdempotencyKeyInUse if another instance is running the same request, or a later version of
   * the program has stored a record that this one cannot read
   * @throws IdempotencyKeyReused if the key was used with another body
   * @throws the unit's error, or the replayed error of the first request
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
    const [stored] = await tx.sql<{ outcome: string; bodyDigest: string }[]>`
      SELECT outcome, body_digest AS "bodyDigest" FROM idempotency_records
      WHERE request_digest = ${request.digest} AND created_at > ${now - RETENTION}`;
    if (stored) {
      if (stored.bodyDigest !== request.bodyDigest) throw new IdempotencyKeyReused();
      const outcome = decodeOutcome<T>(stored.outcome);
      await tx.sql`
        UPDATE idempotency_records SET used_at = ${now} WHERE request_digest = ${request.digest}`;
      return { outcome, isReplay: true };
    }
    const outcome = await attempt(tx, unit);
    await this.store(tx, encodeOutcome(outcome), now);
    return { outcome, isReplay: false };
  }

  /**
   * Stores the record, unless the account was erased meanwhile, and deletes the account's least
   * recently used records beyond {@link MAX_RECORDS}.
   */
  private async store(tx: Tx, outcome: string, now: number): Promise<void> {
    const { accountId, digest, bodyDigest } = this.options.request;
    await tx.sql`
      INSERT INTO idempotency_records
        (request_digest, body_digest, outcome, created_at, account_id, used_at)
      SELECT ${digest}, ${bodyDigest}, ${outcome}, ${now}, id, ${now} FROM accounts
      WHERE id = ${accountId} AND erased_at IS NULL ${rowLock(tx, 'FOR KEY SHARE')}
      ON CONFLICT (request_digest) DO UPDATE SET body_digest = excluded.body_digest,
        outcome = excluded.outcome, created_at = excluded.created_at, used_at = excluded.used_at`;
    await tx.sql`
      DELETE FROM idempotency_records WHERE request_digest IN (
        SELECT request_digest FROM idempotency_records
        WHERE account_id = ${accountId} AND request_digest <> ${digest}
        ORDER BY used_at DESC LIMIT ${MAX_SURPLUS} OFFSET ${MAX_RECORDS - 1})`;
  }
}

/**
 * Runs the unit in a savepoint, so that a refusal can be stored while the unit's work is undone.
 */
async function attempt<T>(tx: Tx, unit: UnitOfWork<T>): Promise<Outcome<T>> {
  try {
    return { result: await tx.savepoint(unit) };
  } catch (error) {
    if (isReplayable(error)) return { refusal: error };
    throw error;
  }
}

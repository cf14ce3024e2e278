import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { TokenRevoked } from '../../auth/errors.js';
import { KeyedMutex } from '../../auth/limits/keyed-mutex.js';
import { RateLimitAuditor } from '../../auth/limits/rate-limit-auditor.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../../platform/principal.js';
import { Dispatcher } from '../../platform/queue/dispatcher.js';
import type { Consumption } from '../../platform/rate-limits/rate-limits.js';
import { Clock } from '../../platform/time/clock.js';
import { EXPORT } from './export-jobs.js';
import { isUnchanged } from './export-source.js';
import { Export } from './export.entity.js';
import { isExpired } from './exports.service.js';

/**
 * Milliseconds that are enough for another instance to store the export for which it has consumed
 * the last point.
 */
const STORING_TIME = 200;

/** The export that the driver gets, or the consumption that exceeded the limit. */
type Attempt = { readonly task: Export } | { readonly refused: Consumption };

/** Starts the exports that drivers request. */
@Injectable()
export class ExportRequests {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly database: ReadDatabase,
    private readonly dispatcher: Dispatcher,
    private readonly limits: RateLimitAuditor,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts an export. If the driver already has an unfinished export, or a file that can be downloaded
   * and is still up to date, returns that export instead.
   * @throws RateLimited | TokenRevoked if the account was erased in the meantime
   */
  async request(transactions: TransactionRunner, principal: Principal): Promise<Export> {
    // Requests of one driver run sequentially, so that later ones find the export of the first and
    // consume no points.
    const attempt = await this.mutex.runExclusive(String(principal.id), () =>
      this.attempt(transactions, principal.id),
    );
    const task =
      'task' in attempt
        ? attempt.task
        : await this.findOrRefuse(transactions, principal, attempt.refused);
    if (task.status !== 'completed') await this.dispatcher.dispatch({ kind: EXPORT, id: task.id });
    return task;
  }

  private async attempt(transactions: TransactionRunner, userId: number): Promise<Attempt> {
    const reusable = await this.findReusable(userId);
    if (reusable) return { task: await transactions.run(async () => reusable) };
    const point = await this.limits.tryConsume('exports-of-account', String(userId));
    if (point?.quota.exceeded) return { refused: point };
    const id = randomUUID();
    try {
      const row = { id, userId, now: this.clock.now() };
      const task = await transactions.run((tx) => findOrInsert(tx, row));
      if (task.id !== id) await point?.refund();
      return { task };
    } catch (error) {
      await point?.refund();
      throw error;
    }
  }

  private async findOrRefuse(
    transactions: TransactionRunner,
    principal: Principal,
    { quota, refund }: Consumption,
  ): Promise<Export> {
    await sleep(STORING_TIME);
    const task = await this.findReusable(principal.id);
    if (!task) return this.limits.refuse(quota, principal);
    await refund();
    return transactions.run(async () => task);
  }

  /** The driver's unfinished export, or the current file if the bookings have not changed since. */
  private async findReusable(userId: number): Promise<Export | undefined> {
    const { database } = this;
    const now = this.clock.now();
    const candidates = await database.getRepository(Export).find({
      where: [
        { userId, status: In(['pending', 'processing']) },
        { userId, status: 'completed', expiresAt: MoreThan(now) },
      ],
    });
    const unfinished = candidates.find(({ status }) => status !== 'completed');
    if (unfinished) return unfinished;
    for (const candidate of candidates) {
      const { source, createdAt: since } = candidate;
      if (await isExpired(database, candidate, now)) continue;
      if (source !== null && (await isUnchanged(database, userId, { source, since })))
        return candidate;
    }
    return undefined;
  }
}

interface NewExport {
  readonly id: string;
  readonly userId: number;
  readonly now: Date;
}

async function findOrInsert(tx: Tx, { id, userId, now }: NewExport): Promise<Export> {
  const [row] = await tx.sql<{ id: string }[]>`
    INSERT INTO exports (id, user_id, status, processed, created_at)
    SELECT ${id}, id, 'pending', 0, ${now.getTime()} FROM accounts
    WHERE id = ${userId} AND erased_at IS NULL ${rowLock(tx, 'FOR KEY SHARE')}
    ON CONFLICT (user_id) WHERE status IN ('pending', 'processing')
      DO UPDATE SET user_id = excluded.user_id
    RETURNING id`;
  if (!row) throw new TokenRevoked();
  const task = await tx.findOneBy(Export, { id: row.id });
  if (!task) throw new Error('An export that was just stored is missing');
  return task;
}

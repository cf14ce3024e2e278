import { Injectable } from '@nestjs/common';
import { accessKeyDigest, newAccessKey } from '../../platform/access-key.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { GATE_KEY_PREFIX, type Principal } from '../../platform/principal.js';
import { Secret } from '../../platform/secret.js';
import { Clock } from '../../platform/time/clock.js';
import { GateNotFound, TooManyGates } from './errors.js';
import { LotNotFound } from '../errors.js';
import { findGate, type Gate, type GateFields, listGates } from './gate.js';

/** Maximum number of gates of one lot. */
export const MAX_GATES = 50;

/** A gate with its new key. */
export interface KeyedGate {
  readonly gate: Gate;
  /** The new key; null in a replayed response. */
  readonly key: Secret | null;
}

/** Creates, changes and deletes gates, and issues their keys; each change is audited. */
@Injectable()
export class GatesService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** Gates that are not deleted, by id. */
  async list(query: PageRequest): Promise<Page<Gate>> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const rows = await listGates(this.database, { afterId, limit: query.limit + 1 });
    return Page.of(rows, query.limit, ({ id }) => [id]);
  }

  /** @throws LotNotFound | TooManyGates */
  create(transactions: TransactionRunner, fields: GateFields, by: Principal): Promise<KeyedGate> {
    const key = newAccessKey(GATE_KEY_PREFIX);
    const digest = accessKeyDigest(key);
    return transactions.run(async (tx) => {
      await assertRoom(tx, fields.lotId);
      const at = this.clock.now();
      const now = at.getTime();
      const [row] = await tx.sql<{ id: number }[]>`
        INSERT INTO gates (lot_id, name, direction, key_digest, created_at, updated_at)
        VALUES (${fields.lotId}, ${fields.name}, ${fields.direction}, ${digest}, ${now}, ${now})
        RETURNING id`;
      if (!row) throw new Error('The gate was not inserted');
      const gate = { id: row.id, ...fields, createdAt: now, updatedAt: now };
      await recordAudit(tx, { at, by, action: 'gate.created', targetId: row.id, after: fields });
      return { gate, key: new Secret(key) };
    });
  }

  /** Changes the given fields. @throws GateNotFound | LotNotFound | TooManyGates */
  change(id: number, changes: Partial<GateFields>, by: Principal): Promise<Gate> {
    return this.transactions.run(async (tx) => {
      const before = await lockGate(tx, id);
      const after = { ...before, ...changes };
      const names = (['lotId', 'name', 'direction'] as const).filter(
        (name) => after[name] !== before[name],
      );
      if (names.length === 0) return before;
      if (names.includes('lotId')) await assertRoom(tx, after.lotId);
      const at = this.clock.now();
      const updatedAt = at.getTime();
      await tx.sql`
        UPDATE gates SET lot_id = ${after.lotId}, name = ${after.name},
          direction = ${after.direction}, updated_at = ${updatedAt}
        WHERE id = ${id}`;
      const pick = (gate: Gate) => Object.fromEntries(names.map((name) => [name, gate[name]]));
      const values = { before: pick(before), after: pick(after) };
      await recordAudit(tx, { at, by, action: 'gate.updated', targetId: id, ...values });
      return { ...after, updatedAt };
    });
  }

  /** Deletes the gate and revokes its key; its events stay. @throws GateNotFound */
  remove(id: number, by: Principal): Promise<void> {
    return this.transactions.run(async (tx) => {
      const { lotId, name, direction } = await lockGate(tx, id);
      const at = this.clock.now();
      const now = at.getTime();
      await tx.sql`
        UPDATE gates SET deleted_at = ${now}, key_digest = NULL, updated_at = ${now}
        WHERE id = ${id}`;
      const before = { lotId, name, direction };
      await recordAudit(tx, { at, by, action: 'gate.deleted', targetId: id, before });
    });
  }

  /** Issues a new key, which replaces the old one immediately. @throws GateNotFound */
  issueKey(transactions: TransactionRunner, id: number, by: Principal): Promise<KeyedGate> {
    const key = newAccessKey(GATE_KEY_PREFIX);
    const digest = accessKeyDigest(key);
    return transactions.run(async (tx) => {
      const gate = await lockGate(tx, id);
      const at = this.clock.now();
      const updatedAt = at.getTime();
      await tx.sql`
        UPDATE gates SET key_digest = ${digest}, updated_at = ${updatedAt} WHERE id = ${id}`;
      await recordAudit(tx, { at, by, action: 'gate.key-issued', targetId: id });
      return { gate: { ...gate, updatedAt }, key: new Secret(key) };
    });
  }
}

/** Locks the gate until the unit ends. @throws GateNotFound */
async function lockGate(tx: Tx, id: number): Promise<Gate> {
  await tx.sql`SELECT id FROM gates WHERE id = ${id} ${rowLock(tx, 'FOR UPDATE')}`;
  const gate = await findGate(tx, id);
  if (!gate) throw new GateNotFound(id);
  return gate;
}

/**
 * Locks the lot until the unit ends, so that gates are added one after another, and not to a lot that is
 * being deleted.
 * @throws LotNotFound | TooManyGates
 */
async function assertRoom(tx: Tx, lotId: number): Promise<void> {
  const [lot] = await tx.sql`
    SELECT id FROM lots WHERE id = ${lotId} AND retired_at IS NULL
    ${rowLock(tx, 'FOR NO KEY UPDATE')}`;
  if (!lot) throw new LotNotFound(lotId);
  const gates = await tx.sql`
    SELECT id FROM gates WHERE lot_id = ${lotId} AND deleted_at IS NULL LIMIT ${MAX_GATES}`;
  if (gates.length === MAX_GATES) throw new TooManyGates(lotId, MAX_GATES);
}

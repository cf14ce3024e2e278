import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { part, type SqlFragment } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';
import { GateReplaced } from './errors.js';

export const DIRECTIONS = ['in', 'out', 'both'] as const;
/** The direction in which cars pass a gate. */
export type GateDirection = (typeof DIRECTIONS)[number];

/** A gate of a lot; instants in ms. The digest of its key, which the same row stores, is not a field. */
export interface Gate {
  readonly id: number;
  readonly lotId: number;
  readonly name: string;
  readonly direction: GateDirection;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type GateFields = Pick<Gate, 'lotId' | 'name' | 'direction'>;

function gates(condition: SqlFragment): SqlFragment {
  return part`
    SELECT id, lot_id AS "lotId", name, direction, created_at AS "createdAt",
      updated_at AS "updatedAt"
    FROM gates WHERE deleted_at IS NULL AND ${condition}`;
}

/** The gate; undefined if it does not exist or is deleted. */
export async function findGate(source: Queryable, id: number): Promise<Gate | undefined> {
  const [gate] = await source.sql<Gate[]>`${gates(part`id = ${id}`)}`;
  return gate;
}

/** Gates that are not deleted, by id. */
export function listGates(
  source: Queryable,
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): Promise<Gate[]> {
  return source.sql<Gate[]>`${gates(part`id > ${afterId}`)} ORDER BY id LIMIT ${limit}`;
}

/**
 * Locks the gate and its key until the unit ends: replacing the key waits for the unit, and no unit with
 * the old key is committed afterwards.
 * @throws GateReplaced if the gate no longer has this key
 */
export async function lockGate(
  tx: Tx,
  gateId: number,
  keyDigest: string,
): Promise<{ readonly lotId: number; readonly direction: GateDirection }> {
  const [gate] = await tx.sql<{ lotId: number; direction: GateDirection }[]>`
    SELECT lot_id AS "lotId", direction FROM gates
    WHERE id = ${gateId} AND key_digest = ${keyDigest} ${rowLock(tx, 'FOR KEY SHARE')}`;
  if (!gate) throw new GateReplaced();
  return gate;
}

import type { Tx } from '../../platform/database/tx.js';

/** The account for which a plate opens gates. */
export interface PlateHolder {
  readonly userId: number;
  /** As the driver typed it. */
  readonly plate: string;
  readonly isDisabled: boolean;
}

export async function findHolder(tx: Tx, plateKey: string): Promise<PlateHolder | undefined> {
  const [row] = await tx.sql<{ userId: number; plate: string; disabledAt: number | null }[]>`
    SELECT user_id AS "userId", plate, disabled_at AS "disabledAt"
    FROM vehicles JOIN accounts ON accounts.id = vehicles.user_id
    WHERE plate_key = ${plateKey} AND opens_gates = 1`;
  return row && { userId: row.userId, plate: row.plate, isDisabled: row.disabledAt !== null };
}

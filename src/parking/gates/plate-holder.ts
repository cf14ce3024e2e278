import type { Tx } from '../../platform/database/tx.js';

/** The account for which a plate opens gates. */
export interface PlateHolder {
  readonly userId: number;
  /** The plate as the driver typed it. */
  readonly plate: string;
  /** In ms since 1970 UTC; null if the account is enabled. */
  readonly disabledAt: number | null;
}

export async function findHolder(tx: Tx, plateKey: string): Promise<PlateHolder | undefined> {
  const [holder] = await tx.sql<PlateHolder[]>`
    SELECT user_id AS "userId", plate, disabled_at AS "disabledAt"
    FROM vehicles JOIN accounts ON accounts.id = vehicles.user_id
    WHERE plate_key = ${plateKey} AND opens_gates = 1`;
  return holder;
}

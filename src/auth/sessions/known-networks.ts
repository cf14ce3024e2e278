import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Role } from '../../platform/principal.js';
import { canBeStored, caseFolded } from '../../platform/text.js';

/** Maximum number of networks stored per account; the least recently used ones are deleted. */
const MAX_NETWORKS = 20;

/**
 * The networks from which accounts have logged in (see `clientNetwork`): wrong passwords from other
 * networks do not count against logins from these.
 */
@Injectable()
export class KnownNetworks {
  constructor(private readonly database: ReadDatabase) {}

  /** Whether the account has logged in from the network before. False for an unknown account. */
  async isKnown(
    { role, username }: { readonly role: Role; readonly username: string },
    network: string,
  ): Promise<boolean> {
    if (!canBeStored(username) || !canBeStored(network)) return false;
    const rows = await this.database.sql`
      SELECT 1 FROM accounts JOIN login_networks n ON n.account_id = accounts.id
      WHERE username_key = ${caseFolded(username)} AND role = ${role} AND n.network = ${network}`;
    return rows.length > 0;
  }

  /** Stores the network of a login. */
  async remember(tx: Tx, accountId: number, network: string, now: Date): Promise<void> {
    if (!canBeStored(network)) return;
    const usedAt = now.getTime();
    const updated = await tx.sql`
      UPDATE login_networks SET used_at = ${usedAt}
      WHERE account_id = ${accountId} AND network = ${network} RETURNING account_id`;
    if (updated.length > 0) return;
    await tx.sql`
      INSERT INTO login_networks (account_id, network, used_at)
      VALUES (${accountId}, ${network}, ${usedAt}) ON CONFLICT DO NOTHING`;
    await tx.sql`
      DELETE FROM login_networks WHERE account_id = ${accountId} AND network <> ${network}
        AND network NOT IN (SELECT network FROM login_networks
          WHERE account_id = ${accountId} AND network <> ${network}
          ORDER BY used_at DESC LIMIT ${MAX_NETWORKS - 1})`;
  }
}

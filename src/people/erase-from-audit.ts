import type { Account } from '../auth/accounts/account.entity.js';
import type { KnownPlaces } from '../auth/accounts/erase-account.js';
import {
  eraseActor,
  eraseAnonymousAddresses,
  erasePersonalValues,
  eraseTexts,
  withErasePermit,
} from '../platform/audit/erase-audit.js';
import { manualOpeningsFor } from '../parking/reservations/erase-bookings.js';
import { part } from '../platform/database/sql/sql.js';
import type { Tx } from '../platform/database/tx.js';
import { caseFolded } from '../platform/text.js';
import { clientNetwork } from '../platform/rate-limits/client-network.js';

/**
 * Erases the person from the audit log without removing entries: the name and address in entries about the
 * person's actions, the address in entries without a name that came from the person's addresses, and the
 * values in entries about the person.
 */
export async function eraseFromAudit(
  tx: Tx,
  account: Pick<Account, 'id' | 'username' | 'email'>,
  places: KnownPlaces,
): Promise<void> {
  const { id, username } = account;
  await withErasePermit(tx, async () => {
    const addresses = await eraseActor(tx, username);
    const networks = new Set([...addresses, ...places].map(clientNetwork));
    await eraseAnonymousAddresses(tx, (address) => networks.has(clientNetwork(address)));
    await erasePersonalValues(tx, part`target_type = 'account' AND target_id = ${String(id)}`);
    await erasePersonalValues(
      tx,
      part`target_type = 'reservation' AND target_id IN (
        SELECT CAST(id AS text) FROM reservations WHERE user_id = ${id})`,
    );
    await eraseManualOpenings(tx, id);
    await eraseImport(tx, account);
  });
}

/**
 * Entries of an import have no target. They list the names and e-mails that the import replaced, as
 * `12 "old" is "new"`. Searches for the account's id too, because both may have changed again since.
 */
async function eraseImport(
  tx: Tx,
  { id, username, email }: Pick<Account, 'id' | 'username' | 'email'>,
): Promise<void> {
  const names = [username, email].map(caseFolded);
  await eraseTexts(
    tx,
    part`action = 'account.imported'`,
    (text) =>
      `, ${text}`.includes(`, ${id} `) || names.some((name) => caseFolded(text).includes(name)),
  );
}

/**
 * Erases the values of entries about gates that an operator opened for the person's plates. Must run before
 * the gate events lose their plates.
 */
async function eraseManualOpenings(tx: Tx, userId: number): Promise<void> {
  for (const { id, gateId } of await manualOpeningsFor(tx, userId)) {
    const event = `%"eventId":${id},%`;
    await erasePersonalValues(
      tx,
      part`action = 'gate.opened' AND target_type = 'gate' AND target_id = ${String(gateId)}
        AND values_after LIKE ${event}`,
    );
  }
}

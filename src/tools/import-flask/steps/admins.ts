import type { Tx } from '../../../platform/database/tx.js';
import { type AccountRow, copyAccounts } from '../../../auth/accounts/insert-accounts.js';
import type { Keyed } from '../../../platform/database/bulk/copy-rows.js';
import { ImportRefused } from '../import-refused.js';
import type { AccountNames } from '../rules/account-names.js';

/** @throws ImportRefused if the database has lots, drivers or bookings. */
export async function assertEmptyDatabase(tx: Tx): Promise<void> {
  const [counts] = await tx.sql<[Record<string, number>]>`
    SELECT (SELECT COUNT(*) FROM accounts WHERE role = 'user') AS drivers,
      (SELECT COUNT(*) FROM lots) AS lots, (SELECT COUNT(*) FROM reservations) AS bookings`;
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  if (found.length === 0) return;
  const what = found.map(([name, count]) => `${count} ${name}`).join(', ');
  throw new ImportRefused(`The VPMS database is not empty: it has ${what}`);
}

interface ExistingAdminOptions {
  /** Whether the file has an admin who can log in. */
  readonly hasAdmin: boolean;
  /** The admin that the first start of VPMS would create. */
  readonly firstAdmin: { readonly username: string; readonly email: string };
  readonly names: AccountNames;
  readonly isTaken: (id: number) => boolean;
  /** Returns an id that neither the file nor VPMS uses. */
  readonly nextId: () => number;
  readonly remark: (text: string) => void;
}

/**
 * Resolves conflicts between existing admins and the file's accounts. If the only account is the unchanged
 * admin of the first start, and the file has an admin who can log in, that account is deleted. Other admins
 * keep their names. If the file uses the id of such an admin, the admin gets a new id and must log in again.
 */
export async function resolveExistingAdmins(tx: Tx, options: ExistingAdminOptions): Promise<void> {
  const admins = await tx.sql<Keyed<AccountRow>[]>`
    SELECT id, username, email, password_hash AS "passwordHash", role, created_at AS "createdAt",
      updated_at AS "updatedAt" FROM accounts ORDER BY id`;
  // Reserve the name of the admin that the first start after the import creates.
  if (!options.hasAdmin && admins.length === 0) {
    options.names.reserve(options.firstAdmin.username, options.firstAdmin.email);
  }
  const [first] = admins;
  if (options.hasAdmin && admins.length === 1 && first && isUntouched(first)) {
    await deleteAccount(tx, first.id);
    options.remark(`The file's admin replaced the admin of the first start (${first.username}).`);
    return;
  }
  for (const admin of admins) {
    options.names.reserve(admin.username, admin.email);
    if (!options.isTaken(admin.id)) continue;
    const id = options.nextId();
    await deleteAccount(tx, admin.id);
    await copyAccounts(tx, [{ ...admin, id }]);
    options.remark(`The admin ${admin.username} of VPMS stays and now has the id ${id}.`);
  }
}

/** A password change updates `updatedAt`. */
function isUntouched({ createdAt, updatedAt }: AccountRow): boolean {
  return createdAt === updatedAt;
}

async function deleteAccount(tx: Tx, id: number): Promise<void> {
  await tx.sql`DELETE FROM sessions WHERE account_id = ${id}`;
  await tx.sql`DELETE FROM accounts WHERE id = ${id}`;
}

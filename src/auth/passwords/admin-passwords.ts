import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { COMMON_PASSWORDS } from '../../platform/config/common-passwords.js';
import type { ReadDatabase } from '../../platform/database/read-database.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { StartError } from '../../platform/errors/start-error.js';
import { kindOf, verifyPassword } from './password-hash.js';

interface Admin {
  readonly id: number;
  readonly username: string;
  readonly passwordHash: string;
}

/** Part of each stored digest, so that all passwords are checked again after the list has changed. */
const LIST_DIGEST = sha256(COMMON_PASSWORDS.join('\n'));

/**
 * Checks that no admin has a common password. Comparing one hash with the whole list takes seconds,
 * so each hash that passes is remembered by its digest, and only new hashes are compared.
 * @param configured the password of `ADMIN_PASSWORD`, which the first start has just hashed
 * @throws StartError with the id of the first such admin
 */
export async function assertUncommonAdminPasswords(
  database: ReadDatabase,
  transactions: TransactionRunner,
  configured: string,
): Promise<void> {
  const admins = await database.sql<Admin[]>`
    SELECT id, username, password_hash AS "passwordHash" FROM accounts WHERE role = 'admin'`;
  const checks = await database.sql<{ id: number; digest: string }[]>`
    SELECT account_id AS id, digest FROM password_checks`;
  const known = new Set(checks.map(({ id, digest }) => `${id} ${digest}`));
  const unchecked = admins.filter((admin) => !known.has(`${admin.id} ${digestOf(admin)}`));
  for (const admin of unchecked) {
    if (await hasCommonPassword(admin, configured)) throw new StartError(explain(admin.id));
    await transactions.run(async (tx) => {
      await tx.sql`
        INSERT INTO password_checks (account_id, digest) VALUES (${admin.id}, ${digestOf(admin)})
        ON CONFLICT (account_id) DO UPDATE SET digest = excluded.digest`;
    });
  }
}

/** Compares on every core and stops at the first match. */
async function hasCommonPassword(
  { username, passwordHash }: Admin,
  configured: string,
): Promise<boolean> {
  if (kindOf(passwordHash) === 'unusable') return false;
  const common = [username, ...COMMON_PASSWORDS];
  // At the first start, the hash is of the configured password. Checking that password alone, instead of
  // the whole list, makes the first start of a container two seconds faster.
  if (await verifyPassword(passwordHash, configured)) return common.includes(configured);
  const candidates = common.values();
  let found = false;
  const compare = async (): Promise<void> => {
    // The workers share the iterator.
    for (const candidate of candidates) {
      if (found) return;
      if (await verifyPassword(passwordHash, candidate)) found = true;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compare));
  return found;
}

function digestOf({ passwordHash }: Admin): string {
  return sha256(`${LIST_DIGEST} ${passwordHash}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The message omits the name, because it is logged. */
function explain(id: number): string {
  return (
    `The admin with id ${id} has the default password or one of the most common ones, so production ` +
    'does not start: set another one with npm run admin -- reset-password NAME'
  );
}

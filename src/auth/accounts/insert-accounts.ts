import type { Tx } from '../../platform/database/tx.js';
import type { Role } from '../../platform/principal.js';
import { copyKeyedRows, type Keyed } from '../../platform/database/bulk/copy-rows.js';
import { insertKeyedRows } from '../../platform/database/bulk/insert-rows.js';
import { caseFolded } from '../../platform/text.js';

/** An account as its row; instants in ms. */
export interface AccountRow {
  /** As the registration allows it, and unique without regard to case. */
  readonly username: string;
  /** Unique without regard to case. */
  readonly email: string;
  /** Argon2id in PHC form; or Werkzeug's, or locked: both for accounts that move in. */
  readonly passwordHash: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const INTO_ACCOUNTS = {
  table: 'accounts',
  columns: {
    username: (row: AccountRow) => row.username,
    username_key: (row: AccountRow) => caseFolded(row.username),
    email: (row: AccountRow) => row.email,
    email_key: (row: AccountRow) => caseFolded(row.email),
    password_hash: (row: AccountRow) => row.passwordHash,
    role: (row: AccountRow) => row.role,
    created_at: (row: AccountRow) => row.createdAt,
    updated_at: (row: AccountRow) => row.updatedAt,
  },
};

/**
 * Inserts accounts in bulk, and answers their ids in the order of the rows.
 * @throws where a name or e-mail address is taken; then nothing is inserted.
 */
export function insertAccounts(tx: Tx, rows: readonly AccountRow[]): Promise<number[]> {
  return insertKeyedRows(tx, { ...INTO_ACCOUNTS, rows });
}

/** The same for accounts that bring their ids along, however many they are. */
export function copyAccounts(tx: Tx, rows: Iterable<Keyed<AccountRow>>): Promise<void> {
  return copyKeyedRows(tx, { ...INTO_ACCOUNTS, rows });
}

import type { Tx } from '../../platform/database/tx.js';
import type { Role } from '../../platform/principal.js';
import { copyKeyedRows, type Keyed } from '../../platform/database/bulk/copy-rows.js';
import { insertKeyedRows } from '../../platform/database/bulk/insert-rows.js';
import { caseFolded } from '../../platform/text.js';

/** A row of an account; instants in ms. */
export interface AccountRow {
  /** A name that a registration accepts; unique (case-insensitively). */
  readonly username: string;
  /** Unique (case-insensitively). */
  readonly email: string;
  /**
   * An Argon2id hash in PHC format, or, for imported accounts, a Werkzeug hash or {@link LOCKED}.
   */
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
 * Inserts accounts and returns their ids in the order of the rows.
 * @throws if a name or e-mail address is taken; then nothing is inserted
 */
export function insertAccounts(tx: Tx, rows: readonly AccountRow[]): Promise<number[]> {
  return insertKeyedRows(tx, { ...INTO_ACCOUNTS, rows });
}

/** Inserts any number of accounts with their own ids. */
export function copyAccounts(tx: Tx, rows: Iterable<Keyed<AccountRow>>): Promise<void> {
  return copyKeyedRows(tx, { ...INTO_ACCOUNTS, rows });
}

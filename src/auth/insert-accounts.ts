import type { EntityManager } from 'typeorm';
import type { Role } from '../common/actor.js';
import { insertKeyedRows } from '../common/database/insert-rows.js';
import { caseFolded } from '../common/text.js';

/** An account as its row; instants in ms. */
export interface AccountRow {
  /** Kept where given; generated where left out (in all rows of a call, or in none). */
  readonly id?: number;
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

/**
 * Inserts accounts in bulk, and answers their ids in the order of the rows.
 * @throws where a name or e-mail address is taken; then nothing is inserted.
 */
export function insertAccounts(tx: EntityManager, rows: readonly AccountRow[]): Promise<number[]> {
  return insertKeyedRows(tx, {
    table: 'accounts',
    rows,
    columns: {
      username: (row) => row.username,
      username_key: (row) => caseFolded(row.username),
      email: (row) => row.email,
      email_key: (row) => caseFolded(row.email),
      password_hash: (row) => row.passwordHash,
      role: (row) => row.role,
      created_at: (row) => row.createdAt,
      updated_at: (row) => row.updatedAt,
    },
  });
}

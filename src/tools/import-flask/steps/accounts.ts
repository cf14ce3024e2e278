import type { Tx } from '../../../platform/database/tx.js';
import { type AccountRow, copyAccounts } from '../../../auth/accounts/insert-accounts.js';
import { kindOf, LOCKED } from '../../../auth/passwords/password-hash.js';
import type { Role } from '../../../platform/principal.js';
import type { Keyed } from '../../../platform/database/bulk/copy-rows.js';
import type { ImportContext } from '../context.js';
import type { AccountNames } from '../rules/account-names.js';
import { readInstant } from '../rules/instant.js';
import { type Identified, identified } from '../source/identified.js';
import type { Cell, UserRow } from '../source/rows.js';

interface AccountsStep {
  readonly context: ImportContext;
  /** The names, after those of all accounts in the file are assigned. */
  readonly names: AccountNames;
}

/** Imports the accounts of the file, with their ids and passwords. */
export async function importAccounts(tx: Tx, step: AccountsStep): Promise<void> {
  const { file, report, progress } = step.context;
  const table = report.tables.users;
  const converted = function* (): Generator<Keyed<AccountRow>> {
    for (const row of identified(file.rows('users'), table)) {
      progress('users', table.read);
      table.imported += 1;
      yield convert(row, step);
    }
  };
  await copyAccounts(tx, converted());
}

/** Adds a locked account for each driver that bookings refer to and that the file does not have. */
export async function addMissingDrivers(
  tx: Tx,
  { context, names }: AccountsStep,
  drivers: readonly { readonly id: number; readonly label: string }[],
): Promise<void> {
  const { now, report } = context;
  const rows = drivers.map(({ id, label }): Keyed<AccountRow> => {
    const username = names.nameOf(id, assigned(names, id, `deleted-${label}`));
    const email = names.emailOf(id, null);
    report.tables.users.add(id, 'a locked account for a missing driver', `"${username}"`);
    return {
      id,
      username,
      email,
      passwordHash: LOCKED,
      role: 'user',
      createdAt: now,
      updatedAt: now,
    };
  });
  await copyAccounts(tx, rows);
}

function assigned(names: AccountNames, id: number, username: string): string {
  names.assign(id, username, null);
  return username;
}

function convert(row: Identified<UserRow>, { context, names }: AccountsStep): Keyed<AccountRow> {
  const { id } = row;
  const { now, report } = context;
  const table = report.tables.users;
  const username = names.nameOf(id, row.username);
  if (username !== row.username) {
    const detail = `${quoted(row.username)} is "${username}"`;
    table.change(id, 'a username that is taken or invalid', detail);
  }
  const email = names.emailOf(id, row.email);
  if (email !== row.email) {
    const detail = `${quoted(row.email)} is "${email}"`;
    table.change(id, 'an e-mail that is taken or invalid', detail);
  }
  const createdAt = readInstant(row.created_at);
  if (!createdAt) table.change(id, 'no readable created_at: replaced by the instant of the import');
  const updatedAt = readInstant(row.updated_at) ?? createdAt;
  if (createdAt?.truncated || updatedAt?.truncated) table.markTruncated(id);
  return {
    id,
    username,
    email,
    passwordHash: readHash(row, context),
    role: readRole(row, context),
    createdAt: createdAt?.at ?? now,
    updatedAt: updatedAt?.at ?? now,
  };
}

function readHash({ id, ...row }: Identified<UserRow>, { report }: ImportContext): string {
  const hash = typeof row.password_hash === 'string' ? row.password_hash.trim() : LOCKED;
  if (kindOf(hash) !== 'unusable') return hash;
  report.tables.users.change(id, 'an unsupported password hash: the account cannot log in');
  return hash.replaceAll('\0', '') || LOCKED;
}

function readRole({ id, ...row }: Identified<UserRow>, { report }: ImportContext): Role {
  if (row.role === 'admin' || row.role === 'user') return row.role;
  report.tables.users.change(id, 'a role that is neither admin nor user: replaced by user');
  return 'user';
}

/** Quotes a value and replaces terminal control characters. */
function quoted(cell: Cell): string {
  if (Buffer.isBuffer(cell)) return `bytes ${cell.toString('hex')}`;
  return JSON.stringify(cell).replaceAll(/\p{C}/gu, '\u{FFFD}');
}

import { kindOf } from '../../../auth/passwords/password-hash.js';
import { TableReport } from '../report/report.js';
import type { FlaskFile } from '../source/flask-file.js';
import { identified } from '../source/identified.js';
import { type Cell, isId } from '../source/rows.js';
import type { AccountNames } from '../rules/account-names.js';

/** A driver whose bookings are in the file, but whose account is missing. */
export interface MissingDriver {
  readonly id: number;
  /** The id in the bookings, or `unknown` if they have no valid id. */
  readonly label: string;
}

/** The accounts in the file, and the drivers that only its bookings refer to. */
export class Drivers {
  readonly known = new Set<number>();
  readonly missing: readonly MissingDriver[];
  /** Whether an account in the file is an admin who can log in. */
  readonly hasAdmin: boolean;
  private readonly unknownDriverId: number | undefined;
  private lastId: number;

  constructor(private readonly file: FlaskFile) {
    let admins = 0;
    for (const { id, role, password_hash: hash } of identified(
      file.rows('users'),
      new TableReport(),
    )) {
      this.known.add(id);
      if (role === 'admin' && typeof hash === 'string' && kindOf(hash.trim()) !== 'unusable') {
        admins += 1;
      }
    }
    this.hasAdmin = admins > 0;
    const named = [...file.distinct('reservations', 'user_id')];
    const missing = named.filter((id) => isId(id)).filter((id) => !this.known.has(id));
    this.lastId = [...this.known, ...missing].reduce((a, b) => Math.max(a, b), 0);
    if (named.some((id) => !isId(id))) this.unknownDriverId = this.nextId();
    this.missing = [
      ...missing.sort((a, b) => a - b).map((id) => ({ id, label: String(id) })),
      ...(this.unknownDriverId ? [{ id: this.unknownDriverId, label: 'unknown' }] : []),
    ];
  }

  /** Returns a new id that no account and no booking of the file uses. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Whether the file uses the id for an account or a missing driver. */
  isTaken(id: number): boolean {
    return this.known.has(id) || this.missing.some((driver) => driver.id === id);
  }

  /** Returns the account of a booking's driver. */
  accountOf(userId: Cell): number {
    const account = isId(userId) ? userId : this.unknownDriverId;
    if (account === undefined) throw new Error('There is no account for bookings without a driver');
    return account;
  }

  assignNames(names: AccountNames): void {
    for (const { id, username, email } of identified(this.file.rows('users'), new TableReport())) {
      names.assign(id, username, email);
    }
  }
}

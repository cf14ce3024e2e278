import { kindOf } from '../../../auth/passwords/password-hash.js';
import { TableReport } from '../report/report.js';
import type { FlaskFile } from '../source/flask-file.js';
import { identified } from '../source/identified.js';
import { type Cell, isId } from '../source/rows.js';
import type { AccountNames } from '../rules/account-names.js';

/** A driver whom bookings name and the file has not got. */
export interface GoneDriver {
  readonly id: number;
  /** The id in the bookings, or that there is none. */
  readonly label: string;
}

/** Who is in the file, and who only in its bookings. */
export class Drivers {
  readonly known = new Set<number>();
  readonly gone: readonly GoneDriver[];
  /** Whether one of them is an admin who can log in. */
  readonly hasAdmin: boolean;
  private readonly nameless: number | undefined;
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
    const gone = named.filter((id) => isId(id)).filter((id) => !this.known.has(id));
    this.lastId = [...this.known, ...gone].reduce((a, b) => Math.max(a, b), 0);
    if (named.some((id) => !isId(id))) this.nameless = this.nextId();
    this.gone = [
      ...gone.sort((a, b) => a - b).map((id) => ({ id, label: String(id) })),
      ...(this.nameless ? [{ id: this.nameless, label: 'unknown' }] : []),
    ];
  }

  /** An id that no account and no booking of the file has, each time another one. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Whether the id is needed for an account of the file, or for one who is gone. */
  isTaken(id: number): boolean {
    return this.known.has(id) || this.gone.some((driver) => driver.id === id);
  }

  /** The account of the driver whom a booking names. */
  accountOf(userId: Cell): number {
    const account = isId(userId) ? userId : this.nameless;
    if (account === undefined) throw new Error('No account was made for bookings without a driver');
    return account;
  }

  claimNames(names: AccountNames): void {
    for (const { id, username, email } of identified(this.file.rows('users'), new TableReport())) {
      names.claim(id, username, email);
    }
  }
}

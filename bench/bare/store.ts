import type { Claims } from './tokens.js';

/** SQLite answers at once, PostgreSQL later. */
type Later<T> = T | Promise<T>;

export interface AccountRow {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly role: string;
  readonly passwordHash: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface LotRow {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  readonly price: number;
  readonly spots: number;
  readonly occupied: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface BookingRow {
  readonly id: number;
  readonly spotId: number;
  readonly spotNumber: number;
  readonly lotId: number;
  readonly lotName: string;
  readonly address: string;
  readonly userId: number;
  readonly parkedAt: number;
  readonly leftAt: number | null;
  readonly price: number;
  readonly currentPrice: number;
  readonly cost: number | null;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StatisticsRow {
  readonly lots: number;
  readonly spots: number;
  readonly users: number;
  readonly active: number;
  readonly revenue: number;
}

export interface Session {
  readonly id: number;
  readonly role: string;
}

export interface Booking {
  readonly userId: number;
  readonly lotId: number;
  readonly vehicleNumber: string | null;
}

/** Why something is refused; its message is the problem's code. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** What the bare server needs of a database, in statements by hand. */
export interface Store {
  findSession(jti: Claims['jti']): Later<Session | undefined>;
  findAccount(usernameKey: string): Later<AccountRow | undefined>;
  openSession(jti: string, account: AccountRow, expiresAt: number): Later<void>;
  availableLots(): Later<LotRow[]>;
  lots(): Later<LotRow[]>;
  statistics(): Later<StatisticsRow>;
  bookings(userId: number): Later<BookingRow[]>;
  /** Durable when it answers. @throws Refusal */
  book(booking: Booking): Later<BookingRow>;
  /** Durable when it answers. @throws Refusal */
  release(userId: number, id: number): Later<BookingRow>;
}

/** Each started hour counts, at least one. */
export function cost({ parkedAt, price }: Pick<BookingRow, 'parkedAt' | 'price'>, leftAt: number) {
  return Math.max(1, Math.ceil((leftAt - parkedAt) / 3_600_000)) * price;
}

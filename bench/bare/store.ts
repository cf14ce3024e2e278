import type { Claims } from './tokens.js';

/** The client of SQLite is synchronous, that of PostgreSQL is asynchronous. */
type MaybePromise<T> = T | Promise<T>;

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
  readonly timeZone: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
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

/** An error response; its message is the error code. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** The text of a response. */
export type Json = string;

/** The database access of the bare server. */
export interface Store {
  findSession(jti: Claims['jti']): MaybePromise<Session | undefined>;
  findAccount(usernameKey: string): MaybePromise<AccountRow | undefined>;
  openSession(jti: string, account: AccountRow, expiresAt: number): MaybePromise<void>;
  availableLots(): MaybePromise<Json>;
  lots(): MaybePromise<Json>;
  statistics(): MaybePromise<Json>;
  bookings(userId: number): MaybePromise<Json>;
  /** Returns when the write is durable. @throws HttpError if the request is refused */
  book(booking: Booking): MaybePromise<Json>;
  /** Returns when the write is durable. @throws HttpError if the request is refused */
  release(userId: number, id: number): MaybePromise<Json>;
}

/** The cost in minor units. Each started hour is charged, at least one. */
export function cost({ parkedAt, price }: Pick<BookingRow, 'parkedAt' | 'price'>, leftAt: number) {
  return Math.max(1, Math.ceil((leftAt - parkedAt) / 3_600_000)) * price;
}

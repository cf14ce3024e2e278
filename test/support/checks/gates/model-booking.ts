import { HOUR, MINUTE } from '../../../../src/platform/time/durations.js';

/** Minor units per started hour in every lot of the model at first. */
export const PRICE = 1000;

/** A booking of the model; instants in ms. */
export interface ModelBooking {
  readonly driver: number;
  readonly lot: number;
  readonly plate: string | null;
  readonly window: { readonly from: number; readonly until: number } | null;
  /** When the booking was made; for a walk-in, when its entry was received. */
  readonly madeAt: number;
  /** Minor units per started hour. */
  price: number;
  status: 'reserved' | 'active' | 'completed' | 'no_show';
  parkedAt: number | null;
  leftAt: number | null;
  cost: number | null;
}

export function startOf({ window }: ModelBooking): number {
  return window?.from ?? 0;
}

/** When the reservation becomes a no-show. */
export function lapseOf({ window }: ModelBooking): number {
  return window ? Math.min(window.from + 30 * MINUTE, window.until) : 0;
}

/** The end of the time that is charged: leaving within 10 minutes after the window is on time. */
export function chargedUntil({ window }: ModelBooking, leftAt: number): number {
  return window && leftAt <= window.until + 10 * MINUTE ? window.until : leftAt;
}

export function costOf(price: number, from: number, until: number): number {
  return price * Math.max(1, Math.ceil((until - from) / HOUR));
}

export function isOver({ status }: ModelBooking): boolean {
  return status === 'completed';
}

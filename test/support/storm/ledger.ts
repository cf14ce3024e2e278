import type { HttpResponse } from '../http/clients/http-client.js';
import { anyOf, type Dice } from './dice.js';

/** The acknowledged effects of all responses of a storm. */
export class Ledger {
  /** The expected history of walk-ins, by the id of the booking. */
  readonly bookings = new Map<number, HttpResponse['body']>();
  /** Every price that a lot had or may have had. */
  readonly prices = new Map<number, Set<number>>();
  readonly lots = new Set<number>();
  readonly deleted = new Set<number>();
  readonly statuses = new Map<string, number>();
  readonly unexpected: string[] = [];

  /** Records the response, and reports it if its status is not one of `expected`. */
  note(what: string, { status, text }: HttpResponse, expected: readonly number[]): void {
    const kind = `${what} ${status}`;
    this.statuses.set(kind, (this.statuses.get(kind) ?? 0) + 1);
    if (!expected.includes(status)) this.reportUnexpected(`${kind} ${text}`);
  }

  reportUnexpected(what: string): void {
    this.unexpected.push(what);
  }

  offer(lotId: number, price: number): void {
    this.prices.set(lotId, (this.prices.get(lotId) ?? new Set()).add(price));
  }

  /** Whether each of these responses, such as `book 201`, was received. */
  hasSeen(kinds: readonly string[]): boolean {
    return kinds.every((kind) => this.statuses.has(kind));
  }

  anyLot(roll: Dice): number {
    return anyOf(roll, [...this.lots]);
  }
}

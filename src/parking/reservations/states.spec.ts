import { describe, expect, it } from 'vitest';
import { type BookingEvent, type BookingStatus, statusAfter, STATUSES } from './states.js';

const EVENTS: readonly BookingEvent[] = [
  'confirm',
  'cancel',
  'expire',
  'miss',
  'check-in',
  'release',
  'change',
  'extend',
  'revert',
];

/** The contract's diagram, as pairs of status and event with the status that follows. */
const ALLOWED: readonly (readonly [BookingStatus, BookingEvent, BookingStatus])[] = [
  ['held', 'confirm', 'reserved'],
  ['held', 'cancel', 'cancelled'],
  ['held', 'expire', 'expired'],
  ['held', 'change', 'held'],
  ['held', 'extend', 'held'],
  ['reserved', 'cancel', 'cancelled'],
  ['reserved', 'miss', 'no_show'],
  ['reserved', 'check-in', 'active'],
  ['reserved', 'change', 'reserved'],
  ['reserved', 'extend', 'reserved'],
  ['active', 'release', 'completed'],
  ['active', 'extend', 'active'],
  ['no_show', 'revert', 'active'],
];

describe('the booking status', () => {
  const pairs = STATUSES.flatMap((status) => EVENTS.map((event) => [status, event] as const));

  it.each(pairs)('%s allows %s only as in the contract', (status, event) => {
    const expected = ALLOWED.find(([from, by]) => from === status && by === event)?.[2];
    expect(statusAfter(status, event)).toBe(expected);
  });
});

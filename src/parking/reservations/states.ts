/** The state of a booking. Held, reserved and active ones are live; the others are over. */
export const STATUSES = [
  'held',
  'reserved',
  'active',
  'completed',
  'cancelled',
  'expired',
  'no_show',
] as const;
export type BookingStatus = (typeof STATUSES)[number];

/** What happens to a booking. */
export type BookingEvent =
  | 'confirm'
  | 'cancel'
  | 'expire'
  | 'miss'
  | 'check-in'
  | 'release'
  | 'change'
  | 'extend'
  /** A late event shows that the driver of a no-show had come in time. */
  | 'revert';

const TRANSITIONS: Readonly<
  Record<BookingStatus, Readonly<Partial<Record<BookingEvent, BookingStatus>>>>
> = {
  held: {
    confirm: 'reserved',
    cancel: 'cancelled',
    expire: 'expired',
    change: 'held',
    extend: 'held',
  },
  reserved: {
    cancel: 'cancelled',
    miss: 'no_show',
    'check-in': 'active',
    change: 'reserved',
    extend: 'reserved',
  },
  active: { release: 'completed', extend: 'active' },
  completed: {},
  cancelled: {},
  expired: {},
  no_show: { revert: 'active' },
};

/** The status after the event; undefined if the event is not allowed in the status. */
export function statusAfter(status: BookingStatus, event: BookingEvent): BookingStatus | undefined {
  return TRANSITIONS[status][event];
}

/** The statuses with a car that is or was parked. Statistics and default lists include only these. */
export const PARKED_STATUSES: readonly BookingStatus[] = ['active', 'completed'];

export function wasParked(status: BookingStatus): boolean {
  return PARKED_STATUSES.includes(status);
}

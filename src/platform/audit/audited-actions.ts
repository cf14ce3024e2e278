/** Every audited action, and the kind of row that it affects. */
export const AUDITED_ACTIONS = {
  /** Created by an operator, by the command line, or at the first start. */
  'account.created': 'account',
  /** The account was disabled or enabled, or its e-mail was changed. */
  'account.updated': 'account',
  /** The owner deleted the account, or gave a wrong password when deleting it. */
  'account.erased': 'account',
  'account.erase-refused': 'account',
  /** A link to set a new password was issued. */
  'password-link.issued': 'account',
  /** The owner ended one or more sessions, which `before` lists by id. */
  'session.ended': 'account',
  'account.registered': 'account',
  'login.succeeded': 'account',
  'login.failed': 'account',
  logout: 'account',
  /** An operator read what is stored about one driver. */
  'account.viewed': 'account',
  'password.changed': 'account',
  /** The current password was wrong. */
  'password.change-refused': 'account',
  /** The owner set a new password with a link. */
  'password.reset': 'account',
  'email.confirmed': 'account',
  'reminders.ended': 'account',
  'limit.hit': 'limit',
  'job.started': 'job',
  'lot.created': 'lot',
  'lot.updated': 'lot',
  'lot.deleted': 'lot',
  /**
   * A version became the current or pending one of a lot (`set`), or all versions of the lot were ended
   * (`ended`).
   */
  'tariff.set': 'lot',
  'tariff.ended': 'lot',
  'policy.set': 'lot',
  'gate.created': 'gate',
  'gate.updated': 'gate',
  /** The gate was deleted alone or with its lot. */
  'gate.deleted': 'gate',
  'gate.key-issued': 'gate',
  /** An operator opened the gate by hand. */
  'gate.opened': 'gate',
  /** An operator acted for the driver. */
  'booking.released': 'reservation',
  'booking.cancelled': 'reservation',
  'booking.checked-in': 'reservation',
  /** A driver corrected the plate of a booking. */
  'booking.vehicle-corrected': 'reservation',
  /** Recorded by `npm run backup`, and by `npm run restore` in the restored database. */
  'database.backed-up': 'database',
  'database.restored': 'database',
  /**
   * The import from the Flask VPMS: the number of imported rows, and the rows that were changed, by
   * reason.
   */
  'account.imported': 'account',
  'lot.imported': 'lot',
  'spot.imported': 'spot',
  'reservation.imported': 'reservation',
} as const satisfies Record<string, string>;

export type AuditedAction = keyof typeof AUDITED_ACTIONS;
export type AuditTarget = (typeof AUDITED_ACTIONS)[AuditedAction];

export const ACTION_NAMES = Object.keys(AUDITED_ACTIONS) as AuditedAction[];
export const TARGET_TYPES = [...new Set(Object.values(AUDITED_ACTIONS))].sort();

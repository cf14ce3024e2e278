/** Every audited action, and the kind of row that it affects. */
export const AUDITED_ACTIONS = {
  /** The admin that the program creates at its first start. */
  'account.created': 'account',
  /** Logins of admins; those of drivers are not audited. */
  'login.succeeded': 'account',
  'login.failed': 'account',
  'password.changed': 'account',
  /** The current password was wrong. */
  'password.change-refused': 'account',
  'limit.hit': 'limit',
  'job.started': 'job',
  'lot.created': 'lot',
  'lot.updated': 'lot',
  'lot.deleted': 'lot',
  /**
   * The import from the Flask VPMS: how many rows were imported, and which of them were changed
   * how.
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

/** Everything that the audit log tells of, and what kind of row each action is done to. */
export const AUDITED_ACTIONS = {
  /** The admin whom the program makes at its first start. */
  'account.created': 'account',
  /** Of an admin; logins of drivers are no news. */
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
  /** The move from the Flask VPMS: how many rows came, and to which of them the same was done. */
  'account.imported': 'account',
  'lot.imported': 'lot',
  'spot.imported': 'spot',
  'reservation.imported': 'reservation',
} as const satisfies Record<string, string>;

export type AuditedAction = keyof typeof AUDITED_ACTIONS;
export type AuditTarget = (typeof AUDITED_ACTIONS)[AuditedAction];

export const ACTION_NAMES = Object.keys(AUDITED_ACTIONS) as AuditedAction[];
export const TARGET_TYPES = [...new Set(Object.values(AUDITED_ACTIONS))].sort();

import { NearQuery } from '../../api-models/near.dto.js';
import { InstantInQuery } from '../../platform/http/validation/instants.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { DAY } from '../../platform/time/durations.js';
import type { Window } from '../../parking/claims/lot-claims.js';

/** The longest window that any policy allows. */
const MAX_DAYS = 365;

/**
 * `from` and `until` are given together or both omitted. Without them, the list contains the lots
 * with a free spot now.
 */
export class AvailableLotsQuery extends NearQuery {
  /** Start of a window. With a window, the list contains the lots with room for it. */
  @InstantInQuery()
  from?: Date;

  /** End of the window. */
  @InstantInQuery()
  until?: Date;
}

/** The window of the query; undefined if there is none. @throws ValidationFailed if it is incomplete or invalid */
export function windowOf({ from, until }: AvailableLotsQuery): Window | undefined {
  if (!from && !until) return undefined;
  if (!from) fail('from', 'from must be given together with until');
  if (!until) fail('until', 'until must be given together with from');
  if (until <= from) fail('until', 'until must be after from');
  if (until.getTime() - from.getTime() > MAX_DAYS * DAY) {
    fail('until', `until must be at most ${MAX_DAYS} days after from`);
  }
  return { from: from.getTime(), until: until.getTime() };
}

function fail(field: string, message: string): never {
  throw new ValidationFailed([{ field, message }]);
}

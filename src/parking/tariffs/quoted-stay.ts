import type { FieldError } from '../../platform/errors/coded-error.js';
import { DAY } from '../../platform/time/durations.js';

/** The longest stay that can be quoted: ten years. */
const MAX_DAYS = 3653;
/**
 * The earliest start and the latest end of a stay (ms). The last line of its charge may end in the year 9999.
 */
const EARLIEST = Date.parse('1970-01-01T00:00:00Z');
const LATEST = Date.parse('9999-01-01T00:00:00Z');

/** Why a stay that a client chooses cannot be charged; empty if it can. Instants in ms. */
export function stayFaults(stay: {
  readonly from: number;
  readonly until: number;
}): readonly FieldError[] {
  const { from, until } = stay;
  if (from < EARLIEST) return fault('from', 'from must not be before 1970');
  if (until < from) return fault('until', 'until must not be before from');
  if (until - from > MAX_DAYS * DAY) {
    return fault('until', `until must be at most ${MAX_DAYS} days after from`);
  }
  return until > LATEST ? fault('until', 'until must not be after the year 9998') : [];
}

function fault(field: string, message: string): readonly FieldError[] {
  return [{ field, message }];
}
